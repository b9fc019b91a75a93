using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.TimeTravel;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.Creep;

/// <summary>The people who have gathered most since an instant: by roles that they did not hold then, then by grants.</summary>
internal sealed class MostGathered(CreepSpan span, NpgsqlDataSource database, IFacts facts, TimeTravelAccess access, TimeProvider clock)
{
    private const int TopDefault = 50;
    private const int TopMax = 1_000;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/role-creep", (MostGathered most, HttpContext http, string? since, int? top) => most.AnswerAsync(http, since, top ?? TopDefault))
        .RequireAuthorization("facts.read");

    private async Task<IResult> AnswerAsync(HttpContext http, string? since, int top)
    {
        long started = clock.GetTimestamp();
        if (top is < 1 or > TopMax)
        {
            return Commands.Refuse(new Refusal("request_malformed", $"top is from 1 to {TopMax}."));
        }

        Outcome<DateTimeOffset> from = await span.OfAsync(since, http.RequestAborted);
        if (from.Refusal() is { } refusal)
        {
            return Commands.Refuse(refusal);
        }

        DateTimeOffset now = clock.GetUtcNow();
        IReadOnlyList<object> people = await PeopleAsync(from.Value(), now, top, http.RequestAborted);
        return await access.AnswerAsync(http, new PastQuestion("System", HospitalCase.SystemId, null, null, from.Value(), now), started, new { Since = from.Value(), People = people });
    }

    private async Task<IReadOnlyList<object>> PeopleAsync(DateTimeOffset since, DateTimeOffset now, int top, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select subject, count(*)::int, coalesce(array_agg(distinct role) filter (where not held_before), '{}') from (
                select now.subject, now.role, exists (
                    select from fact_interval as old
                    where old.subject = now.subject and old.role = now.role and old.kind = 'grant' and old.opened_at <= $1 and (old.ended_at is null or $1 < old.ended_at)
                      and old.holds_from <= $1 and (old.holds_until is null or $1 < old.holds_until)) as held_before
                from fact_interval as now
                where now.kind = 'grant' and now.subject like 'User/%' and now.role <> all ($3) and now.opened_at <= $2 and (now.ended_at is null or $2 < now.ended_at)
                  and now.holds_from <= $2 and (now.holds_until is null or $2 < now.holds_until) and (now.opened_at > $1 or now.holds_from > $1)) as gathered
            group by subject order by count(distinct role) filter (where not held_before) desc, count(*) desc, subject limit $4
            """);
        read.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since.ToUniversalTime() });
        read.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now.ToUniversalTime() });
        read.Parameters.Add(new NpgsqlParameter { Value = facts.Current.RetiredRoles.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        read.Parameters.Add(new NpgsqlParameter { Value = top });
        return await ReadModelRows.ReadAsync<object>(
            read, row => new { FactIntervals.KeyOf(row.GetString(0)).Id, Grants = row.GetInt32(1), Roles = row.GetFieldValue<string[]>(2).Order(StringComparer.Ordinal) }, cancellation);
    }
}
