using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Policies;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.TimeTravel;

/// <summary>Finds the events that a question about the past depends on, and folds them like all facts are folded. Thread-safe.</summary>
internal sealed class FactHistory(NpgsqlDataSource database, IEventStore store, IFacts facts, IOptions<PolicyDecisionOptions> options, TimeProvider clock)
{
    private const string HoldsAt = "opened_at <= $1 and (ended_at is null or $1 < ended_at)";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>The instant of the first event; null while there is none.</summary>
    public async Task<DateTimeOffset?> BeginningAsync(CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("select opened_at from fact_interval order by position limit 1");
        return await command.ExecuteScalarAsync(cancellation) is DateTime first ? new DateTimeOffset(first, TimeSpan.Zero) : null;
    }

    /// <summary>Whether the intervals are as new as the facts of this replica; waits a little for them.</summary>
    public async Task<bool> HasCaughtUpAsync(CancellationToken cancellation)
    {
        long position = facts.Current.Position;
        long started = clock.GetTimestamp();
        while (true)
        {
            if (await store.ReachedAsync(FactIntervals.Subscription, cancellation) >= position)
            {
                return true;
            }

            if (clock.GetElapsedTime(started) > Patience)
            {
                return false;
            }

            await Task.Delay(PollInterval, clock, cancellation);
        }
    }

    /// <summary>What concerned everybody at an instant: policies, roles, sites and network lists, and nobody's own facts yet.</summary>
    public async Task<PastFacts> AtAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        var past = new PastFacts(at, new FactsFold(options.Value.PolicySet), facts.Current.Countries);
        await AddAsync(past, await PositionsAsync(at, $"subject is null and kind <> '{FactIntervals.PolicySetKind}'", [], cancellation), cancellation);
        foreach (long position in await PolicyPositionsAsync(at, cancellation))
        {
            IReadOnlyList<StoredEvent> published = await store.ReadAtAsync([position], cancellation);

            // A version that the engine of today does not take was never in force for it: the one before it was.
            if (published is [{ Data: PolicySetEvent version }] && PolicyCompiler.Check(FilesOf(version)).Count == 0)
            {
                past.Apply(published);
                break;
            }
        }

        return past;
    }

    /// <summary>Adds who was related to these patients.</summary>
    public async Task AddPatientsAsync(PastFacts past, IReadOnlyCollection<string> patients, CancellationToken cancellation) =>
        await AddAsync(past, await PositionsAsync(past.At, "patient = any ($2)", [patients], cancellation), cancellation);

    /// <summary>Adds grants and relations of these subjects, those of the scopes that are named or all, and whether they were kept out.</summary>
    public async Task AddSubjectsAsync(PastFacts past, IReadOnlyCollection<string> subjects, IReadOnlyCollection<string>? scopes, CancellationToken cancellation) =>
        await AddAsync(
            past,
            scopes is null
                ? await PositionsAsync(past.At, "subject = any ($2)", [subjects], cancellation)
                : await PositionsAsync(past.At, "subject = any ($2) and scope = any ($3)", [subjects, (string[])[.. scopes, FactIntervals.Standing]], cancellation),
            cancellation);

    /// <summary>
    /// A page of subjects with a grant of one of the roles in one of the scopes, or with any grant or relation of the other scopes, or with a relation to the patient, or
    /// named outright, in the order of their keys.
    /// </summary>
    public Task<IReadOnlyList<string>> SubjectsAsync(
        DateTimeOffset at, IReadOnlyCollection<string> scopes, IReadOnlyCollection<string> roles, IReadOnlyCollection<string> others, string? patient, IReadOnlyCollection<string> named, string after, int limit, CancellationToken cancellation) =>
        ReadAsync(
            $"""
            select distinct subject collate "C" as subject from (
                select found.subject from unnest($2) as wanted (scope), lateral (
                    select distinct subject from fact_interval i
                    where i.scope = wanted.scope and i.role = any ($7) and subject > $3 and {HoldsAt} order by subject limit $4) as found
                union all
                select found.subject from unnest($8) as wanted (scope), lateral (
                    select distinct subject from fact_interval i where i.scope = wanted.scope and subject > $3 and {HoldsAt} order by subject limit $4) as found
                union all
                (select distinct subject from fact_interval where patient = $5 and subject > $3 and {HoldsAt} order by subject limit $4)
                union all
                select name from unnest($6) as other (name) where name collate "C" > $3) as found
            order by 1 limit $4
            """,
            [at, scopes, after, limit, patient, named, roles, others], cancellation);

    /// <summary>A page of everybody who ever had a grant or a relation by then, in the order of their keys.</summary>
    public Task<IReadOnlyList<string>> EverybodyAsync(DateTimeOffset at, IReadOnlyCollection<string> named, string after, int limit, CancellationToken cancellation) =>
        ReadAsync(
            """
            select distinct subject collate "C" as subject from (
                (with recursive walk (subject) as (
                    (select subject from fact_interval where subject > $2 order by subject limit 1)
                    union all
                    select (select i.subject from fact_interval i where i.subject > walk.subject order by i.subject limit 1) from walk where walk.subject is not null)
                select subject from walk
                where subject is not null and exists (select from fact_interval i where i.subject = walk.subject and i.opened_at <= $1) limit $3)
                union all
                select name from unnest($4) as other (name) where name collate "C" > $2) as found
            order by 1 limit $3
            """,
            [at, after, limit, named], cancellation);

    /// <summary>Where events lie that began or ended something in a span: for everybody, and for the subject or for the patient and the scopes.</summary>
    public async Task<IReadOnlyList<StoredEvent>> EventsBetweenAsync(
        DateTimeOffset from, DateTimeOffset to, string? subject, string? patient, IReadOnlyCollection<string> scopes, int limit, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select position from (
                select unnest(case when opened_at > $1 and opened_at <= $2 then array[position] end
                    || case when ended_at > $1 and ended_at <= $2 then array[ended] end) as position
                from fact_interval where subject is null or subject = $3 or patient = $4 or scope = any ($5)) as changed
            group by position order by position limit $6
            """);
        AddParameters(command, [from, to, subject, patient, scopes, limit]);
        return await store.ReadAtAsync(await ReadModelRows.ReadAsync(command, row => row.GetInt64(0), cancellation), cancellation);
    }

    private static IReadOnlyList<PolicyFile> FilesOf(PolicySetEvent policies) => policies switch
    {
        PolicySetPublished e => e.Files,
        PolicySetRolledBack e => e.Files,
        _ => throw new InvalidOperationException($"{policies.GetType().Name} is not a known event of a policy set."),
    };

    private async Task AddAsync(PastFacts past, IReadOnlyList<long> positions, CancellationToken cancellation)
    {
        foreach (long[] some in positions.Where(past.Lacks).Chunk(10_000))
        {
            past.Apply(await store.ReadAtAsync(some, cancellation));
        }
    }

    private async Task<IReadOnlyList<long>> PolicyPositionsAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            "select position from fact_interval where subject is null and stream = $2 and opened_at <= $1 order by position desc");
        AddParameters(command, [at, PolicyVersions.Streams.StreamId(options.Value.PolicySet)]);
        return await ReadModelRows.ReadAsync(command, row => row.GetInt64(0), cancellation);
    }

    private async Task<IReadOnlyList<long>> PositionsAsync(DateTimeOffset at, string which, object[] values, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select position from fact_interval where {which} and {HoldsAt} order by position");
        AddParameters(command, [at, .. values]);
        return await ReadModelRows.ReadAsync(command, row => row.GetInt64(0), cancellation);
    }

    private async Task<IReadOnlyList<string>> ReadAsync(string sql, object?[] values, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        AddParameters(command, values);
        return await ReadModelRows.ReadAsync(command, row => row.GetString(0), cancellation);
    }

    private static void AddParameters(NpgsqlCommand command, object?[] values) => Array.ForEach(values, value => command.Parameters.Add(value switch
    {
        DateTimeOffset instant => new NpgsqlParameter<DateTimeOffset> { TypedValue = instant.ToUniversalTime() },
        IReadOnlyCollection<string> texts => new NpgsqlParameter<string[]> { TypedValue = [.. texts] },
        int number => new NpgsqlParameter<int> { TypedValue = number },
        _ => ReadModelRows.Optional(value, NpgsqlDbType.Text),
    }));
}
