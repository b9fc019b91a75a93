using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Ingest;

/// <summary>
/// Which of the fields that every event must have (S41 to S48) are missing in it, and how many events of a source and kind there were on a
/// day, counted in the transaction that takes them in. An event that is sent again is counted again.
/// </summary>
internal static class Completeness
{
    /// <summary>The reason code of an event whose outcome its source did not state.</summary>
    public const string OutcomeNotStated = "outcome_not_stated";

    /// <summary>More kinds than that in what is sent together are counted as one: a sender makes up its kinds.</summary>
    private const int KindsMax = 100;
    private const string OtherKinds = "other";

    public static IReadOnlyList<string> Fields { get; } =
        ["date_time", "user", "action", "workstation_or_address", "object", "outcome", "session"];

    private static readonly HashSet<string> ActionsWithoutObject = new(StringComparer.Ordinal)
    {
        AuditActions.SignIn, AuditActions.SignInFailed, AuditActions.SignOut, AuditActions.ApplicationStart, AuditActions.ApplicationStop,
        AuditActions.AuditRead, AuditActions.SecurityAlert, AuditActions.Administer, AuditActions.Other,
    };

    /// <summary>Whether an event lacks each of <see cref="Fields"/>, in their order.</summary>
    public static bool[] Missing(AuditRecord record)
    {
        bool unparsed = record.Kind == Unparsed.Kind;
        return
        [
            unparsed,
            (record.Actor ?? record.PatientActor) is null,
            unparsed,
            record.Address is null && record.Workstation is null,
            unparsed || (!ActionsWithoutObject.Contains(record.Action)
                && (record.Study ?? record.Series ?? record.Resource ?? record.Patient) is null),
            unparsed || record.Reason == OutcomeNotStated,
            record.Session is null,
        ];
    }

    /// <summary>Counts events; nothing where there are only words of stores about themselves.</summary>
    public static NpgsqlBatchCommand? Count(string source, IReadOnlyList<AuditRecord> records, DateTimeOffset now)
    {
        var counts = new SortedDictionary<string, int[]>(StringComparer.Ordinal);
        var events = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (AuditRecord record in records.Where(record => record.Attested is null))
        {
            string kind = counts.Count < KindsMax || counts.ContainsKey(record.Kind) ? record.Kind : OtherKinds;
            int[] missing = counts.TryGetValue(kind, out int[]? known) ? known : counts[kind] = new int[Fields.Count];
            bool[] lacks = Missing(record);
            for (int field = 0; field < lacks.Length; field++)
            {
                missing[field] += lacks[field] ? 1 : 0;
            }

            events[kind] = events.GetValueOrDefault(kind) + 1;
        }

        return counts.Count == 0 ? null : Upsert(source, now, [.. counts.SelectMany(kind =>
            Fields.Select((field, index) => new Row(kind.Key, field, kind.Value[index], events[kind.Key])))]);
    }

    // In one order, so that no two transactions wait for each other.
    private static NpgsqlBatchCommand Upsert(string source, DateTimeOffset now, Row[] rows) => new(
        """
        insert into trail.completeness as known (source, kind, day, field, missing, events)
        select $1, kind, $2, field, missing, events
        from unnest($3, $4, $5, $6) as given (kind, field, missing, events) order by kind collate "C", field collate "C"
        on conflict (source, kind, day, field) do update
        set missing = known.missing + excluded.missing, events = known.events + excluded.events
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<string> { TypedValue = source },
            new NpgsqlParameter<DateOnly> { TypedValue = DateOnly.FromDateTime(now.UtcDateTime), NpgsqlDbType = NpgsqlDbType.Date },
            new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(row => row.Kind)] },
            new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(row => row.Field)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(row => (long)row.Missing)] },
            new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(row => (long)row.Events)] },
        },
    };

    private sealed record Row(string Kind, string Field, int Missing, int Events);
}
