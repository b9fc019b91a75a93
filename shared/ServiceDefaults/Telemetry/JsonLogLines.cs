using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace AccessGov.ServiceDefaults;

internal sealed class JsonLogLinesOptions : ConsoleFormatterOptions;

/// <summary>
/// One log entry as one line of JSON: time, level, service, category, message, trace, attributes, exception. Scopes are left out on purpose: the host's
/// own scope holds the request's path, and paths hold patient numbers.
/// </summary>
internal sealed class JsonLogLines(ServiceIdentity service, TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "accessgov-json";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("time", clock.GetUtcNow().UtcDateTime);
            json.WriteString("level", Word(logEntry.LogLevel));
            json.WriteString("service", service.Name);
            json.WriteString("category", logEntry.Category);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (Activity.Current is { } activity)
            {
                json.WriteString("trace_id", activity.TraceId.ToHexString());
                json.WriteString("span_id", activity.SpanId.ToHexString());
            }

            WriteAttributes(json, logEntry.State);
            if (logEntry.Exception is { } error)
            {
                json.WriteString("exception", error.ToString());
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(line.WrittenSpan));
    }

    private static void WriteAttributes<TState>(Utf8JsonWriter json, TState state)
    {
        if (state is not IEnumerable<KeyValuePair<string, object?>> attributes)
        {
            return;
        }

        json.WriteStartObject("attributes");
        foreach ((string name, object? value) in attributes)
        {
            if (value is not null && name != "{OriginalFormat}")
            {
                json.WriteString(name, Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        json.WriteEndObject();
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "information",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
