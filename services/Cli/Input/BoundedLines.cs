namespace AccessGov.Cli;

/// <summary>Lines of a file of any size, of which only one is in memory: a line that is too long is told, not read.</summary>
internal sealed class BoundedLines(Stream stream, int bytesMax)
{
    private const int ChunkBytes = 65_536;
    private byte[] buffer = new byte[ChunkBytes];
    private int start;
    private int end;
    private int length;
    private int next;

    /// <summary>The number of the line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Whether the line has more bytes than are read; there is none after it.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The line, without its line feed, until the next is asked for.</summary>
    public ReadOnlySpan<byte> Current => buffer.AsSpan(start, length);

    /// <summary>Goes to the next line; false at the end.</summary>
    public bool MoveNext()
    {
        start = next;
        int searched = 0;
        while (!IsTooLong)
        {
            int feed = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            searched = feed >= 0 ? searched + feed : end - start;
            IsTooLong = searched > bytesMax;
            if (feed >= 0 || (!IsTooLong && !Fill()))
            {
                (length, next) = (searched, start + searched + (feed >= 0 ? 1 : 0));
                Number += feed >= 0 || searched > 0 ? 1 : 0;
                return feed >= 0 || searched > 0;
            }
        }

        length = 0;
        Number++;
        return true;
    }

    private bool Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        int read = stream.Read(buffer, end, buffer.Length - end);
        end += read;
        return read > 0;
    }
}
