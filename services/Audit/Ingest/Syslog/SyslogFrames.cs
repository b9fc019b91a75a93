using System.Buffers.Text;

namespace AccessGov.Audit.Ingest.Syslog;

/// <summary>A message as it came.</summary>
/// <param name="Bytes">The message, or its beginning.</param>
/// <param name="IsTruncated">Whether there was more of it, or should have been.</param>
internal sealed record SyslogFrame(byte[] Bytes, bool IsTruncated);

/// <summary>
/// Takes the messages of one connection out of its bytes: each with its length before it (RFC 5425, 4.3.1), or, as older senders do, a line
/// that begins with a priority. Not safe for use by several threads at once.
/// </summary>
internal sealed class SyslogFrames
{
    /// <summary>Of a longer message this much is kept.</summary>
    public const int MessageBytesMax = 1024 * 1024;
    private const int LengthDigitsMax = 10;
    private const int BufferBytes = 16 * 1024;

    private byte[] buffer = new byte[BufferBytes];
    private int start;
    private int end;
    private long toSkip;

    /// <summary>Whether the bytes are no messages: there is no telling where the next one would begin.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether a message has begun that has not ended.</summary>
    public bool IsWithinMessage => start < end || toSkip > 0;

    /// <summary>Where more bytes go.</summary>
    public Memory<byte> Room()
    {
        if (start == end)
        {
            (start, end) = (0, 0);
            // A long message does not hold its memory for ever.
            buffer = buffer.Length > BufferBytes ? new byte[BufferBytes] : buffer;
        }
        else if (end == buffer.Length)
        {
            byte[] next = end - start > buffer.Length / 2 ? new byte[buffer.Length * 2] : buffer;
            buffer.AsSpan(start, end - start).CopyTo(next);
            (buffer, start, end) = (next, 0, end - start);
        }

        return buffer.AsMemory(end);
    }

    /// <summary>So many bytes went there.</summary>
    public void Add(int count) => end += count;

    /// <summary>The next message; null when there is none yet, or never will be.</summary>
    public SyslogFrame? Next()
    {
        SkipWhatIsNotKept();
        if (start == end || IsBroken)
        {
            return null;
        }

        ReadOnlySpan<byte> came = buffer.AsSpan(start, end - start);
        if (came[0] == '<')
        {
            return NextLine(came);
        }

        if (LengthBefore(came, out int digits) is not { } length || came.Length - digits - 1 < Math.Min(length, MessageBytesMax))
        {
            return null;
        }

        int kept = (int)Math.Min(length, MessageBytesMax);
        start += digits + 1 + kept;
        toSkip = length - kept;
        return new SyslogFrame(came.Slice(digits + 1, kept).ToArray(), toSkip > 0);
    }

    /// <summary>What came of a message that does not come to its end; null when nothing did.</summary>
    public SyslogFrame? Rest()
    {
        SkipWhatIsNotKept();
        return start == end ? null : new SyslogFrame(buffer.AsSpan(start, end - start).ToArray(), IsTruncated: true);
    }

    private SyslogFrame? NextLine(ReadOnlySpan<byte> came)
    {
        int feed = came.IndexOf((byte)'\n');
        IsBroken = feed < 0 && came.Length > MessageBytesMax;
        if (feed < 0)
        {
            return null;
        }

        start += feed + 1;
        return new SyslogFrame(came[..feed].ToArray(), IsTruncated: false);
    }

    private long? LengthBefore(ReadOnlySpan<byte> came, out int digits)
    {
        ReadOnlySpan<byte> head = came[..Math.Min(came.Length, LengthDigitsMax + 1)];
        digits = head.IndexOf((byte)' ');
        if (digits < 0 && head.Length <= LengthDigitsMax && !head.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return null;
        }

        if (digits > 0 && head[0] != '0' && Utf8Parser.TryParse(head[..digits], out long length, out int consumed) && consumed == digits
            && length > 0)
        {
            return length;
        }

        IsBroken = true;
        return null;
    }

    private void SkipWhatIsNotKept()
    {
        int skipped = (int)Math.Min(toSkip, end - start);
        (start, toSkip) = (start + skipped, toSkip - skipped);

        // Some senders end even a counted message with a line feed or NUL, and do not count it.
        while (start < end && buffer[start] is (byte)'\n' or (byte)'\r' or 0)
        {
            start++;
        }
    }
}
