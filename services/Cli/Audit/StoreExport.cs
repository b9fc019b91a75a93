using System.Buffers.Binary;
using System.Buffers.Text;
using AccessGov.LeafVerification;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli;

/// <summary>
/// The events of a service's store, as psql exports them in the order of their positions: <c>position,event id,SHA-256 of the data</c>, a
/// line each. They are read as far as each attestation asks, and are what was attested when count and digest are the same there.
/// </summary>
internal sealed class StoreExport : IDisposable
{
    private const int LineBytesMax = 256;
    private const int IdLength = 36;
    private const int HashLength = 64;
    private readonly FileStream file;
    private readonly BoundedLines lines;
    private readonly string path;
    private readonly byte[] digest = new byte[Sha256.Length];
    private (long Position, Guid Id, byte[] Hash)? next;
    private long position;

    /// <summary>Opens an export that is given as <c>SERVICE=FILE</c>.</summary>
    /// <exception cref="InputException">It cannot be opened, or does not begin with an event.</exception>
    public StoreExport(string argument)
    {
        if (argument.Split('=', 2) is not [{ Length: > 0 } service, { Length: > 0 } file])
        {
            throw new InputException($"--store: `{argument}` is not SERVICE=FILE.");
        }

        (Service, path) = (service, file);
        try
        {
            this.file = File.OpenRead(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {refused.Message}");
        }

        lines = new BoundedLines(this.file, LineBytesMax);
    }

    public string Service { get; }

    /// <summary>How many events were compared.</summary>
    public long Count { get; private set; }

    /// <summary>The last position that was attested and is as it was; 0 before the first.</summary>
    public long Good { get; private set; }

    /// <summary>The position that an attestation names which does not hold.</summary>
    public long? Bad { get; private set; }

    /// <summary>How many events nobody has attested yet, after all leaves were seen.</summary>
    public long Later { get; private set; }

    public bool IsAttested { get; private set; }

    /// <summary>What is wrong up to where the attestation goes; null when nothing is, or it is one of another store.</summary>
    public LogFinding? FaultOf(Attestation attestation)
    {
        if (attestation.Service != Service || attestation.Stream != Attestation.Events)
        {
            return null;
        }

        IsAttested = true;
        if (attestation.Through < Good)
        {
            Bad = attestation.Through;
            return new LogFinding("store_went_back", attestation.Leaf,
                $"Leaf {attestation.Leaf} attests {Service} through position {attestation.Through}, "
                + $"after an earlier leaf did so through {Good}.");
        }

        bool isEnded = ReadThrough(attestation.Through);
        if (Count == attestation.Count && Convert.ToHexStringLower(digest) == attestation.Digest)
        {
            Good = attestation.Through;
            return null;
        }

        Bad = attestation.Through;
        if (isEnded && position < attestation.Through)
        {
            return new LogFinding("store_ends_early", attestation.Leaf,
                $"Leaf {attestation.Leaf} attests {attestation.Count} events of {Service} through position "
                + $"{attestation.Through}; the export has {Count} and ends at position {position}. "
                + $"It was as attested through position {Good}.");
        }

        string what = Count < attestation.Count ? "is missing" : Count > attestation.Count ? "was added"
            : "was changed, or one was taken for another";
        return new LogFinding("store_differs", attestation.Leaf,
            $"Leaf {attestation.Leaf} attests {attestation.Count} events of {Service} through position {attestation.Through}; "
            + $"the export has {Count}. After position {Good}, through {attestation.Through}, an event {what}.");
    }

    /// <summary>What is wrong after all leaves were seen.</summary>
    public LogFinding? FaultAtEnd()
    {
        for (; Peek() is not null; next = null)
        {
            Later++;
        }

        return IsAttested ? null : new LogFinding("store_never_attested", null,
            $"No leaf of the trail attests the events of {Service}: whether some are missing cannot be said.");
    }

    public void Dispose() => file.Dispose();

    /// <summary>Whether the export ends there or before.</summary>
    private bool ReadThrough(long through)
    {
        Span<byte> data = stackalloc byte[Sha256.Length + sizeof(long) + 16 + Sha256.Length];
        while (Peek() is { } @event && @event.Position <= through)
        {
            digest.CopyTo(data);
            BinaryPrimitives.WriteInt64BigEndian(data[Sha256.Length..], @event.Position);
            @event.Id.TryWriteBytes(data[(Sha256.Length + sizeof(long))..], bigEndian: true, out _);
            @event.Hash.CopyTo(data[^Sha256.Length..]);
            Sha256.Hash(data, digest);
            (position, next) = (@event.Position, null);
            Count++;
        }

        return next is null;
    }

    private (long Position, Guid Id, byte[] Hash)? Peek()
    {
        if (next is null && MoveNext())
        {
            next = Parse(lines.IsTooLong ? [] : lines.Current) is { } @event && @event.Position > position
                ? @event
                : throw new InputException($"{path}: line {lines.Number} is not position,event id,SHA-256 of an event "
                    + "whose position is above those before it.");
        }

        return next;
    }

    private bool MoveNext()
    {
        try
        {
            return lines.MoveNext();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: {refused.Message}");
        }
    }

    private static (long Position, Guid Id, byte[] Hash)? Parse(ReadOnlySpan<byte> line)
    {
        int comma = line.IndexOf((byte)',');
        if (comma < 0 || line.Length != comma + 1 + IdLength + 1 + HashLength || line[^(HashLength + 1)] != ','
            || !Utf8Parser.TryParse(line[..comma], out long position, out int read) || read != comma || position <= 0
            || !Utf8Parser.TryParse(line.Slice(comma + 1, IdLength), out Guid id, out int idRead, 'D') || idRead != IdLength)
        {
            return null;
        }

        byte[] hash = new byte[Sha256.Length];
        return Convert.FromHexString(line[^HashLength..], hash, out _, out int written) == System.Buffers.OperationStatus.Done
            && written == hash.Length
            ? (position, id, hash)
            : null;
    }
}
