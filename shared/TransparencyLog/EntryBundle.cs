using System.Buffers;
using System.Buffers.Binary;

namespace AccessGov.TransparencyLog;

/// <summary>Up to 256 entries of a log in one file, each behind its length in two bytes, big-endian (c2sp.org/tlog-tiles, "Log entries").</summary>
public static class EntryBundle
{
    /// <summary>The longest entry, in bytes.</summary>
    public const int EntryBytesMax = ushort.MaxValue;

    private const int LengthBytes = 2;

    /// <summary>Appends one entry.</summary>
    /// <param name="bundle">Where it goes.</param>
    /// <param name="entry">At most <see cref="EntryBytesMax"/> bytes.</param>
    /// <exception cref="ArgumentException">The entry is longer.</exception>
    public static void Append(IBufferWriter<byte> bundle, ReadOnlySpan<byte> entry)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        if (entry.Length > EntryBytesMax)
        {
            throw new ArgumentException($"An entry has at most {EntryBytesMax} bytes; this one has {entry.Length}.", nameof(entry));
        }

        BinaryPrimitives.WriteUInt16BigEndian(bundle.GetSpan(LengthBytes), (ushort)entry.Length);
        bundle.Advance(LengthBytes);
        bundle.Write(entry);
    }

    /// <summary>The entries of a bundle, which lie in the bundle's own memory.</summary>
    /// <param name="bundle">The bytes of the bundle.</param>
    /// <exception cref="FormatException">The bundle ends within an entry, or has more than 256.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> bundle)
    {
        var entries = new List<ReadOnlyMemory<byte>>(Tile.WidthMax);
        while (!bundle.IsEmpty)
        {
            int length = bundle.Length < LengthBytes ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(bundle.Span);
            if (length > bundle.Length - LengthBytes || entries.Count == Tile.WidthMax)
            {
                throw new FormatException(entries.Count == Tile.WidthMax
                    ? $"A bundle has at most {Tile.WidthMax} entries."
                    : $"The bundle ends within its entry {entries.Count}.");
            }

            entries.Add(bundle.Slice(LengthBytes, length));
            bundle = bundle[(LengthBytes + length)..];
        }

        return entries;
    }
}
