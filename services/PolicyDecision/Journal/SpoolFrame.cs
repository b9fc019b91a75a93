using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>A batch on its way through the spool: length (4 bytes) and CRC-32C (4 bytes), little-endian, then the body.</summary>
internal static class SpoolFrame
{
    public const int BytesMax = 256 << 20;
    private const int HeaderBytes = 8;

    public static byte[] Encode(SealedBatch batch)
    {
        var stream = new MemoryStream(batch.Payload.Length + 256);
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(0L);
        writer.Write(batch.Writer);
        writer.Write(batch.Sequence);
        writer.Write(batch.FirstAt.UtcTicks);
        writer.Write(batch.LastAt.UtcTicks);
        writer.Write(batch.Count);
        writer.Write(batch.Closing);
        writer.Write(batch.PreviousHash.Span);
        writer.Write(batch.Hash.Span);
        writer.Write(batch.Payload.Length);
        writer.Write(batch.Payload.Span);
        writer.Flush();
        byte[] frame = stream.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Checksum(frame.AsSpan(HeaderBytes)));
        return frame;
    }

    /// <summary>Reads the frame at a position; false when there is no whole frame of ours.</summary>
    public static bool TryRead(SafeFileHandle file, long position, long limit, out SealedBatch? batch, out long next)
    {
        batch = null;
        next = position;
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (limit - position < HeaderBytes || RandomAccess.Read(file, header, position) < HeaderBytes)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is <= 0 or > BytesMax || limit - position - HeaderBytes < length)
        {
            return false;
        }

        byte[] body = new byte[length];
        int read = 0;
        while (read < length && RandomAccess.Read(file, body.AsSpan(read), position + HeaderBytes + read) is > 0 and int more)
        {
            read += more;
        }

        if (read < length || Checksum(body) != BinaryPrimitives.ReadUInt32LittleEndian(header[4..]))
        {
            return false;
        }

        batch = Decode(body);
        next = position + HeaderBytes + length;
        return true;
    }

    /// <summary>Where the first whole frame at or after a position begins; -1 when there is none.</summary>
    public static int FindWhole(ReadOnlySpan<byte> bytes, int position)
    {
        for (int candidate = position; candidate + HeaderBytes < bytes.Length; candidate++)
        {
            int length = LengthOf(bytes[candidate..]) - HeaderBytes;
            bool plausible = length > 0 && length <= bytes.Length - candidate - HeaderBytes;
            if (plausible && Checksum(bytes.Slice(candidate + HeaderBytes, length)) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[(candidate + 4)..]))
            {
                return candidate;
            }
        }

        return -1;
    }

    /// <summary>How long the frame at the beginning of these bytes says that it is, its header included.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return length is <= 0 or > BytesMax ? 0 : length + HeaderBytes;
    }

    /// <summary>The batch in a whole frame.</summary>
    public static SealedBatch Decode(ReadOnlySpan<byte> frame) => Decode(frame[HeaderBytes..].ToArray());

    private static SealedBatch Decode(byte[] body)
    {
        using var reader = new BinaryReader(new MemoryStream(body), Encoding.UTF8);
        string writer = reader.ReadString();
        long sequence = reader.ReadInt64();
        var firstAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
        var lastAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
        int count = reader.ReadInt32();
        bool closing = reader.ReadBoolean();
        byte[] previous = reader.ReadBytes(HashChain.Length);
        byte[] hash = reader.ReadBytes(HashChain.Length);
        byte[] payload = reader.ReadBytes(reader.ReadInt32());
        return new SealedBatch(writer, sequence, firstAt, lastAt, count, closing, payload, previous, hash);
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}
