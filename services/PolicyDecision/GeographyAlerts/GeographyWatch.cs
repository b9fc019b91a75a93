using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.GeographyAlerts;

/// <summary>
/// Notices people who ask from where they are not at home: behind the decisions, while they are indexed and in the indexer's transaction,
/// so each decision is looked at once. One person in one place is one alert in an hour; further decisions are counted.
/// </summary>
internal sealed class GeographyWatch(IFacts facts, NpgsqlDataSource database, HashedIds ids)
{
    public const string Tables = """
        create table if not exists geography_alert (
            subject text collate "C" not null,
            kind text collate "C" not null,
            place text collate "C" not null,
            hour timestamptz not null,
            evaluation_id uuid not null unique,
            at timestamptz not null,
            client text collate "C" not null,
            action text collate "C" not null,
            resource text collate "C" not null,
            study text collate "C",
            decisions bigint not null,
            published boolean not null default false,
            primary key (subject, kind, place, hour));
        create index if not exists geography_alert_unpublished on geography_alert (evaluation_id) where not published;
        """;

    private const string Insert = """
        insert into geography_alert as known (subject, kind, place, hour, evaluation_id, at, client, action, resource, study, decisions)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::uuid[], $6::timestamptz[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::bigint[])
        on conflict (subject, kind, place, hour) do update set decisions = known.decisions + excluded.decisions
        """;

    /// <summary>Whether it is known where people are at home.</summary>
    public bool Ready => facts.IsReady;

    /// <summary>Adds the alerts of decisions that are being indexed. A journal that hashes the ids of people has none.</summary>
    public async Task AddAsync(NpgsqlConnection journal, IReadOnlyList<IndexedDecision> decisions, CancellationToken cancellation)
    {
        IndexedDecision[] placed = ids.Enabled ? [] : [.. decisions.Where(decision => decision.Origin is not null)];
        FactsSnapshot current = facts.Current;

        // At a site the organisation makes no difference, and most people are at one.
        Dictionary<string, string> organisations = await HomeOrganisations.ReadAsync(
            database, [.. placed.Where(decision => decision.Origin!.Site is null).Select(decision => decision.Subject).Distinct()],
            cancellation);
        Alert[] alerts = [.. placed
            .Select(decision => (Decision: decision, Place: ForeignPlace.Of(
                decision.Origin!, current.Subjects.GetValueOrDefault(new SubjectKey("User", decision.Subject), SubjectFacts.None),
                organisations.GetValueOrDefault(decision.Subject), current, decision.At)))
            .Where(found => found.Place is not null)
            .GroupBy(found => (found.Decision.Subject, Place: found.Place!, Hour: HourOf(found.Decision.At)), found => found.Decision)
            .Select(group => new Alert(group.Key.Place, group.Key.Hour, group.MinBy(decision => decision.At), group.LongCount()))];
        if (alerts.Length > 0)
        {
            await InsertAsync(journal, alerts, cancellation);
        }
    }

    private static DateTime HourOf(DateTimeOffset at) => at.UtcDateTime.AddTicks(-(at.UtcTicks % TimeSpan.TicksPerHour));

    private static async Task InsertAsync(NpgsqlConnection journal, Alert[] alerts, CancellationToken cancellation)
    {
        // In one order, so that two replicas which index at the same time do not wait for each other.
        Alert[] rows = [.. alerts.OrderBy(alert => alert.First.Subject, StringComparer.Ordinal)
            .ThenBy(alert => alert.Place.Kind, StringComparer.Ordinal)
            .ThenBy(alert => alert.Place.Id, StringComparer.Ordinal).ThenBy(alert => alert.Hour)];
        await using var insert = new NpgsqlCommand(Insert, journal);
        Add(NpgsqlDbType.Text, alert => alert.First.Subject);
        Add(NpgsqlDbType.Text, alert => alert.Place.Kind);
        Add(NpgsqlDbType.Text, alert => alert.Place.Id);
        Add(NpgsqlDbType.TimestampTz, alert => alert.Hour);
        Add(NpgsqlDbType.Uuid, alert => alert.First.EvaluationId);
        Add(NpgsqlDbType.TimestampTz, alert => alert.First.At.UtcDateTime);
        Add(NpgsqlDbType.Text, alert => alert.First.Client);
        Add(NpgsqlDbType.Text, alert => alert.First.Action);
        Add(NpgsqlDbType.Text, alert => alert.First.Resource);
        Add(NpgsqlDbType.Text, alert => alert.First.Study);
        Add(NpgsqlDbType.Bigint, alert => alert.Decisions);
        await insert.ExecuteNonQueryAsync(cancellation);

        void Add<T>(NpgsqlDbType type, Func<Alert, T> column) =>
            insert.Parameters.Add(new NpgsqlParameter { Value = rows.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private sealed record Alert(ForeignPlace Place, DateTime Hour, IndexedDecision First, long Decisions);
}
