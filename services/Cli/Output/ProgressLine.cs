namespace AccessGov.Cli;

/// <summary>How far long work has come, on the error output: one line that changes where a person watches, lines where they were asked for.</summary>
internal sealed class ProgressLine(Terminal terminal, bool isForced, string unit, long? total = null) : IProgress<long>, IDisposable
{
    private const long WatchedMilliseconds = 200;
    private const long LoggedMilliseconds = 5_000;
    private readonly long every = terminal.IsErrorWatched ? WatchedMilliseconds : LoggedMilliseconds;
    private readonly bool isShown = isForced || terminal.IsErrorWatched;
    private long last = Environment.TickCount64;
    private bool isLineOpen;

    public void Report(long value)
    {
        if (!isShown || (Environment.TickCount64 - last < every && value != total))
        {
            return;
        }

        last = Environment.TickCount64;
        string text = total is null ? $"{value} {unit}" : $"{value} of {total} {unit}";
        terminal.Error.Write(terminal.IsErrorWatched ? $"\r{text}" : $"{text}\n");
        isLineOpen = terminal.IsErrorWatched;
    }

    public void Dispose()
    {
        if (isLineOpen)
        {
            terminal.Error.Write('\n');
        }
    }
}
