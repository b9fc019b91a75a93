namespace AccessGov.Cli;

/// <summary>How far long work has come, on the error output: one line that changes where a person watches, lines where they were asked for.</summary>
internal sealed class ProgressLine(Terminal terminal, bool isForced, string unit, long? total = null) : IProgress<long>, IDisposable
{
    private const long WatchedMilliseconds = 200;
    private const long LoggedMilliseconds = 5_000;
    private readonly long every = terminal.IsErrorWatched ? WatchedMilliseconds : LoggedMilliseconds;
    private bool isShown = isForced || terminal.IsErrorWatched;
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
        isLineOpen = terminal.IsErrorWatched;
        Write(terminal.IsErrorWatched ? $"\r{text}" : $"{text}\n");
    }

    public void Dispose()
    {
        if (isLineOpen)
        {
            Write("\n");
        }
    }

    private void Write(string text)
    {
        try
        {
            terminal.Error.Write(text);
        }
        catch (IOException)
        {
            // Where nobody can be told how far the work is, it goes on: what comes of it must not look as if its input could not be read.
            (isShown, isLineOpen) = (false, false);
        }
    }
}
