using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>Results for programs: indented JSON with keys in camelCase, and a line end behind it.</summary>
internal static class JsonOutput
{
    // Policies nest deeper as JSON than writers allow by default. A chain of 10,000 links, each a level further to the right, would be gigabytes of blanks.
    private const int IndentedDepthMax = 1_000;
    private const int DepthMax = 1_000_000;

    public static void Json(this Terminal terminal, Action<Utf8JsonWriter> write) => terminal.Raw(Text(write));

    /// <summary>What <paramref name="write"/> writes, indented; in one line where it nests so deeply that nobody reads it.</summary>
    public static string Text(Action<Utf8JsonWriter> write) => Text(write, () => Write(write, isIndented: false, DepthMax));

    /// <summary>What <paramref name="write"/> writes, indented; where it nests so deeply that nobody reads it, what <paramref name="writeDeep"/> gives.</summary>
    public static string Text(Action<Utf8JsonWriter> write, Func<string> writeDeep)
    {
        string text;
        try
        {
            text = Write(write, isIndented: true, IndentedDepthMax);
        }
        catch (Exception tooDeep) when (tooDeep is PolicyJsonException or InvalidOperationException)
        {
            text = writeDeep();
        }

        return Printable.Json(text) + "\n";
    }

    private static string Write(Action<Utf8JsonWriter> write, bool isIndented, int depthMax)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = isIndented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = depthMax }))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static void Strings(this Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    public static void Objects<T>(this Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> members)
    {
        writer.WriteStartArray(name);
        foreach (T item in items)
        {
            writer.WriteStartObject();
            members(item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void Response(this Utf8JsonWriter writer, Response response)
    {
        writer.WriteString("decision", response.Decision.ToString().ToLowerInvariant());
        writer.Strings("reasons", response.Reasons.Select(policy => policy.Id));
        writer.Objects("errors", response.Errors, error =>
        {
            writer.WriteString("policy", error.Policy.Id);
            writer.WriteString("kind", error.Error.Kind.ToString());
            writer.WriteString("message", error.Error.Message);
        });
    }

    public static void Finding(this Utf8JsonWriter writer, Finding finding)
    {
        writer.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
        writer.WriteString("kind", finding.Kind);
        writer.WriteString("policy", finding.Policy);
        writer.WriteString("file", finding.File);
        if (finding.Line is { } line)
        {
            writer.WriteNumber("line", line);
            writer.WriteNumber("column", finding.Column ?? 1);
        }

        if (finding.Pointer is not null)
        {
            writer.WriteString("pointer", finding.Pointer);
        }

        writer.WriteString("message", finding.Message);
        writer.WriteString("suggestion", finding.Suggestion);
    }
}
