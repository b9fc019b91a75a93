using System.Security.Cryptography;
using System.Text;
using AccessGov.Audit.Ingest;
using AccessGov.Contracts.Audit.V1;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.Audit.Incoming;

/// <summary>A batch of the decision journal: each decision comes into the trail, and so does what the chain says about itself, and where
/// it does not hold together.</summary>
internal static class WhenDecisionsRecorded
{
    public static async Task Handle(
        DecisionsRecorded message, MessageEnvelope envelope, NpgsqlTransaction transaction, SenderCheck sender, FeedLedger ledger,
        CancellationToken cancellation)
    {
        if (!await sender.HoldsAsync(message.Service, message, envelope, transaction, cancellation))
        {
            return;
        }

        Feed before = await ledger.FindAsync(message.Service, DecisionsRecorded.SubjectOf(message.Writer), transaction, cancellation);
        Feed now = before with { Through = message.Sequence, Count = message.Sequence, Digest = message.Hash };
        await ledger.TakeAsync(now, [.. RecordedDecisions.RecordsOf(message)], [.. Differences(before, message)], transaction,
            cancellation);
    }

    /// <summary>Where a chain does not hold together.</summary>
    public static IEnumerable<FeedFinding> Differences(Feed before, DecisionsRecorded message)
    {
        if (message.Sequence != before.Through + 1)
        {
            yield return new FeedFinding("gap", message.Sequence);
        }
        else if (message.PreviousHash != (before.Through == 0 ? Genesis(message.Writer) : before.Digest))
        {
            yield return new FeedFinding("digest_differs", message.Sequence);
        }

        if (!message.Readable)
        {
            yield return new FeedFinding("batch_unreadable", message.Sequence);
        }
    }

    private static string Genesis(string writer) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(writer)));
}
