using AccessGov.Audit.Trail;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Search;

/// <summary>What of a leaf is searched.</summary>
internal static class IndexedColumns
{
    public const string Names =
        "seq, at, received_at, service, kind, action, outcome, actor, patient, study, series, resource, session, address, workstation, "
        + "emergency_case, reason, decision";

    public static async Task WriteAsync(NpgsqlBinaryImporter copy, TrailEntry entry, CancellationToken cancellation)
    {
        await copy.StartRowAsync(cancellation);
        await copy.WriteAsync(entry.Sequence, NpgsqlDbType.Bigint, cancellation);
        await copy.WriteAsync(entry.OccurredAt.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancellation);
        await copy.WriteAsync(entry.ReceivedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancellation);
        foreach (string? text in Texts(entry))
        {
            if (text is null)
            {
                await copy.WriteNullAsync(cancellation);
            }
            else
            {
                // PostgreSQL has no text with a zero in it; the leaf keeps it.
                await copy.WriteAsync(
                    text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", "", StringComparison.Ordinal) : text,
                    NpgsqlDbType.Text, cancellation);
            }
        }
    }

    private static IEnumerable<string?> Texts(TrailEntry entry)
    {
        yield return entry.Service;
        yield return entry.Kind;
        yield return entry.Action;
        yield return entry.Outcome;
        yield return entry.Actor;
        yield return entry.PatientToken;
        yield return entry.Study;
        yield return entry.Series;
        yield return entry.Resource;
        yield return entry.Session;
        yield return entry.Address;
        yield return entry.Workstation;
        yield return entry.EmergencyCase;
        yield return entry.Reason;
        yield return entry.Policy?.DecisionId;
    }
}
