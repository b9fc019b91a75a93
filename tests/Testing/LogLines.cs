using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AccessGov.Testing;

/// <summary>Keeps what is logged.</summary>
public sealed class LogLines : ILogger, ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> lines = new();

    /// <summary>All lines so far; one of an exception ends with it.</summary>
    public IReadOnlyList<(LogLevel Level, string Text)> All => [.. lines];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue((logLevel, formatter(state, exception) + (exception is null ? "" : $" {exception}")));

    public void Dispose()
    {
    }
}
