using System.Security.Cryptography;
using System.Text;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>A batch with its place in its writer's chain: one row, one frame of the spool, one message to Audit.</summary>
/// <param name="Writer">One incarnation of one replica: <c>replica/id</c>.</param>
/// <param name="Sequence">Dense per writer, from 1. Sequences order a chain, times do not: clocks jump.</param>
/// <param name="FirstAt">The earliest time of its records.</param>
/// <param name="LastAt">The latest time of its records.</param>
/// <param name="Count">Records and markers.</param>
/// <param name="Closing">The writer's last batch: it ended in order.</param>
/// <param name="Payload">A JSON array of records and markers, UTF-8, as <see cref="BatchPayload"/> packs it. Valid until the batch has landed; copy what shall outlive it.</param>
/// <param name="PreviousHash">The hash of the batch before; of the first one the hash of the writer's name.</param>
/// <param name="Hash">SHA-256 of the previous hash and the payload.</param>
internal sealed record SealedBatch(
    string Writer, long Sequence, DateTimeOffset FirstAt, DateTimeOffset LastAt, int Count, bool Closing,
    ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> PreviousHash, ReadOnlyMemory<byte> Hash)
{
    public string Replica => Writer[..Writer.LastIndexOf('/')];
}

/// <summary>Runs in the transaction that stores a batch, once per batch: the message to Audit.</summary>
internal delegate Task AlongsideBatch(Npgsql.NpgsqlTransaction transaction, SealedBatch batch, CancellationToken cancellation);

internal static class HashChain
{
    public const int Length = SHA256.HashSizeInBytes;

    public static byte[] Genesis(string writer) => SHA256.HashData(Encoding.UTF8.GetBytes(writer));

    public static byte[] Next(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        hash.AppendData(payload);
        return hash.GetHashAndReset();
    }
}
