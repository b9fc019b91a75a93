using System.Text;

namespace AccessGov.Cli;

/// <summary>A file as it was read: at most <see cref="LengthMax"/> bytes. <c>-</c> is the standard input.</summary>
internal sealed record InputFile(string Name, byte[] Content)
{
    public const int LengthMax = 256 * 1024 * 1024;

    private const int ChunkLength = 81_920;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether it holds JSON, going by its first character: no Cedar text starts with one of these.</summary>
    public bool IsJson => Content.AsSpan(Content is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0).TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];

    public bool IsJsonArray => Content.AsSpan(Content is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0).TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    public static InputFile Read(string path, Terminal terminal)
    {
        if (path == "-")
        {
            return new InputFile("(standard input)", ReadAll(path, terminal.Input));
        }

        if (path.Length == 0)
        {
            throw new InputException("An empty text is no path; name a file.");
        }

        if (Directory.Exists(path))
        {
            throw new InputException($"{path}: this is a folder; a file is needed.");
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            return new InputFile(path, ReadAll(path, file));
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: there is no such file.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{path}: cannot be read: {unreadable.Message}");
        }
    }

    /// <summary>The files that <paramref name="paths"/> name; a folder stands for the files in it and below it that match, in the order of their paths.</summary>
    public static IReadOnlyList<string> Expand(IEnumerable<string> paths, params string[] patterns)
    {
        var files = new List<string>();
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
            {
                files.Add(path);
                continue;
            }

            IReadOnlyList<string> found = FolderWalk.Files(path, patterns);
            files.AddRange(found.Count > 0 ? found : throw new InputException($"{path}: there is no {string.Join(" or ", patterns)} in this folder or below it."));
        }

        return files;
    }

    /// <exception cref="InputException">It is not UTF-8.</exception>
    public string Text()
    {
        string text = Decode(Strict.GetString);
        return text.StartsWith('\uFEFF') ? text[1..] : text;
    }

    /// <summary>The bytes without a byte order mark, which JSON readers take for garbage; they look into strings only when these are read.</summary>
    /// <exception cref="InputException">It is not UTF-8.</exception>
    public ReadOnlyMemory<byte> Json()
    {
        Decode(Strict.GetCharCount);
        return Content is [0xEF, 0xBB, 0xBF, ..] ? Content.AsMemory(3) : Content;
    }

    private T Decode<T>(Func<byte[], T> decode)
    {
        try
        {
            return decode(Content);
        }
        catch (DecoderFallbackException invalid)
        {
            throw new InputException($"{Name}: this is not UTF-8 text: byte {invalid.Index} is wrong.");
        }
    }

    private static byte[] ReadAll(string name, Stream stream)
    {
        using var content = new MemoryStream();
        byte[] chunk = new byte[ChunkLength];
        for (int count = stream.Read(chunk); count > 0; count = stream.Read(chunk))
        {
            if (content.Length + count > LengthMax)
            {
                throw new InputException($"{name}: this is larger than {LengthMax / (1024 * 1024)} MB, the most that is read.");
            }

            content.Write(chunk, 0, count);
        }

        return content.ToArray();
    }
}
