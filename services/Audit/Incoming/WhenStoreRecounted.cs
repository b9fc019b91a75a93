using AccessGov.Contracts.Audit.V1;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.Audit.Incoming;

/// <summary>
/// A service has read a store again from its beginning. What is there must be what was told: then the trail says how far the store is
/// known to be whole, else that somebody removed or changed something.
/// </summary>
internal static class WhenStoreRecounted
{
    public static async Task Handle(
        StoreRecounted message, MessageEnvelope envelope, NpgsqlTransaction transaction, SenderCheck sender, FeedLedger ledger,
        CancellationToken cancellation)
    {
        if (!await sender.HoldsAsync(message.Service, message, envelope, transaction, cancellation))
        {
            return;
        }

        (long Count, string Digest)? told = await ledger.MarkAsync(message.Service, message.Stream, message.Through, transaction,
            cancellation);
        var there = new Feed(message.Service, message.Stream, message.Through, message.Count, message.Digest, null);
        await ledger.TakeRecountAsync(there, Differences(told, message), transaction, cancellation);
    }

    /// <summary>What is there and is not what was told.</summary>
    public static IReadOnlyList<FeedFinding> Differences((long Count, string Digest)? told, StoreRecounted message) => told switch
    {
        null => [new FeedFinding("recount_unknown", message.Through)],
        { } known when known.Count != message.Count || known.Digest != message.Digest =>
            [new FeedFinding("recount_differs", message.Through)],
        _ => [],
    };
}
