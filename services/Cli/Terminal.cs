using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AccessGov.Cli;

internal enum Colour
{
    None = 0,
    Red = 31,
    Green = 32,
    Yellow = 33,
}

/// <summary>Where a command reads and writes. Colours and progress are for people: off when nobody looks.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error, Stream input, bool hasColours = false, bool isErrorWatched = false) : IDisposable
{
    public TextWriter Output => output;

    public TextWriter Error => error;

    public Stream Input => input;

    /// <summary>Whether a person watches the error output, so that progress may be shown on one line.</summary>
    public bool IsErrorWatched => isErrorWatched;

    public static Terminal OfProcess()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        bool wantsColours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal(
            new StreamWriter(OpenOutput(1, Console.OpenStandardOutput), utf8, 16_384),
            new StreamWriter(OpenOutput(2, Console.OpenStandardError), utf8) { AutoFlush = true },
            Console.OpenStandardInput(),
            hasColours: wantsColours && !Console.IsOutputRedirected,
            isErrorWatched: !Console.IsErrorRedirected);
    }

    // The first byte that goes through the console puts a terminal into application mode, whoever asked for plain text. A console that is no
    // terminal stays plain, and shares its place in a file with others.
    private static Stream OpenOutput(int descriptor, Func<Stream> console) => OperatingSystem.IsWindows() || Console.IsOutputRedirected
        ? console()
        : new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);

    /// <summary>Writes one line of the result.</summary>
    public void Line(string text = "", Colour colour = Colour.None) => output.Write($"{Paint(text, colour)}\n");

    /// <summary>The text as it may stand in a line: what an input says cannot steer the terminal.</summary>
    public string Paint(string text, Colour colour) =>
        hasColours && colour != Colour.None ? $"\u001b[{(int)colour}m{Printable.Text(text)}\u001b[0m" : Printable.Text(text);

    /// <summary>Writes a text that is the result itself, unchanged.</summary>
    public void Raw(string text) => output.Write(text);

    /// <summary>Says in one line why something cannot be done.</summary>
    public void Complain(string text) => error.Write($"{Printable.Text(text)}\n");

    /// <summary>The result could not be written: says so where that can still be read, and what the command ends with.</summary>
    public int OutputLost(string reason)
    {
        try
        {
            Complain($"The output cannot be written: {reason}");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Nobody can be told; the exit code says it.
        }

        return ExitCode.Unusable;
    }

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
        input.Dispose();
    }
}
