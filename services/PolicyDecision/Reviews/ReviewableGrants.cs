using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Journal;
using Npgsql;

namespace AccessGov.PolicyDecision.Reviews;

/// <summary>
/// The active grants of people, a page at a time, each with what a reviewer needs: how it came, what it gives, what of that was used.
/// Grants that were taken in an emergency are not among them: they are judged where they were taken.
/// </summary>
internal sealed class ReviewableGrants(
    GrantList list, NpgsqlDataSource database, JournalDatabase journal, HashedIds ids, IFacts facts, RoleRights rights, TimeProvider clock)
{
    public const string Scope = "reviews.gather";

    /// <summary>A quarter: what was used within it is in use.</summary>
    private static readonly TimeSpan Quarter = TimeSpan.FromDays(90);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reviewable-grants", async (ReviewableGrants grants, HttpContext http, string? subject, int? limit, string? after) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return Paging.Of(limit, after) is not { } paging ? Commands.Refuse(Paging.Malformed)
                : await grants.AnswerAsync(subject, paging, http.RequestAborted);
        })
        .RequireAuthorization(Scope).WithTags("Reviews");

    private async Task<IResult> AnswerAsync(string? subject, Paging paging, CancellationToken cancellation)
    {
        if (!facts.IsReady)
        {
            return Commands.Refuse(Refusals.FactsNotReady);
        }

        DateTimeOffset now = clock.GetUtcNow();
        FactsSnapshot known = facts.Current;
        IReadOnlyList<GrantList.Item> page = await list.ReadAsync(subject, null, active: true, known.RetiredRoles, now, paging, cancellation);
        GrantList.Item[] people = [.. page.Where(grant => grant.SubjectType == "User" && !IsEmergency(grant, known))];
        try
        {
            IReadOnlyList<ReviewableGrant> grants = await WithUseAsync(people, known, now, cancellation);
            var answer = new Dictionary<string, object>(StringComparer.Ordinal) { ["grants"] = grants };
            if (page.Count == paging.Limit)
            {
                // Of the list, not of what is left of it: a page may be short and not the last.
                answer["next"] = page[^1].Id;
            }

            return Results.Ok(answer);
        }
        catch (ArgumentException tooLarge)
        {
            return Commands.Refuse(new Refusal("matrix_too_large", tooLarge.Message));
        }
    }

    private static bool IsEmergency(GrantList.Item grant, FactsSnapshot known) =>
        known.Subjects.GetValueOrDefault(new SubjectKey(grant.SubjectType, grant.SubjectId), SubjectFacts.None).Grants
            .Any(held => held.GrantId == grant.Id && held.ByEmergency);

    private async Task<IReadOnlyList<ReviewableGrant>> WithUseAsync(
        GrantList.Item[] grants, FactsSnapshot known, DateTimeOffset now, CancellationToken cancellation)
    {
        DateTimeOffset since = now - Quarter;
        string[] subjects = [.. grants.Select(grant => grant.SubjectId).Distinct(StringComparer.Ordinal)];
        ILookup<string, ReviewableGrant.Used> used = await UsedAsync(subjects, since, cancellation);
        Dictionary<string, int> emergencies = await EmergenciesAsync(subjects, since, cancellation);
        HashSet<string> requests = await RequestsAsync([.. grants.Select(grant => grant.Id)], cancellation);
        Dictionary<string, int> holders = Holders(known, now);
        IReadOnlyDictionary<string, Matrix.MatrixCell[]> cells = rights.Of(known);
        return [.. grants.Select(grant => ReviewableGrant.Of(
            grant, requests.Contains(grant.Id), known, cells,
            new ReviewableGrant.Counted(
                since, [.. used[IndexedDecision.Key(ids.Of(grant.SubjectId)!)]], holders.GetValueOrDefault(grant.Role),
                emergencies.GetValueOrDefault(grant.SubjectId)), now))];
    }

    /// <summary>How many people hold each role.</summary>
    private static Dictionary<string, int> Holders(FactsSnapshot known, DateTimeOffset now)
    {
        var holders = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((SubjectKey key, SubjectFacts subject) in known.Subjects)
        {
            if (key.Type == "User")
            {
                foreach (string role in subject.Grants.Where(grant => grant.IsActive(now)).Select(grant => grant.Role).Distinct(StringComparer.Ordinal))
                {
                    holders[role] = holders.GetValueOrDefault(role) + 1;
                }
            }
        }

        return holders;
    }

    /// <summary>What the journal's index has; decisions of the last seconds may be missing.</summary>
    private async Task<ILookup<string, ReviewableGrant.Used>> UsedAsync(string[] subjects, DateTimeOffset since, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = journal.Source.CreateCommand(
            """
            select subject, action, count(*)::int, count(distinct study)::int, max(at) from decision
            where subject = any ($1) and at >= $2 and permitted group by subject, action order by subject, action
            """);
        read.Parameters.AddWithValue(subjects.Select(subject => IndexedDecision.Key(ids.Of(subject)!)).ToArray());
        read.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since.ToUniversalTime() });
        return (await ReadModelRows.ReadAsync(
            read, row => (Subject: row.GetString(0), Used: new ReviewableGrant.Used(
                row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetFieldValue<DateTimeOffset>(4))), cancellation))
            .ToLookup(one => one.Subject, one => one.Used, StringComparer.Ordinal);
    }

    private async Task<Dictionary<string, int>> EmergenciesAsync(string[] subjects, DateTimeOffset since, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select subject_id, count(*)::int from grant_list
            where subject_id = any ($1) and subject_type = 'User' and by_emergency and given_at >= $2 group by subject_id
            """);
        read.Parameters.AddWithValue(subjects);
        read.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since.ToUniversalTime() });
        return (await ReadModelRows.ReadAsync(read, row => (Subject: row.GetString(0), Count: row.GetInt32(1)), cancellation))
            .ToDictionary(one => one.Subject, one => one.Count, StringComparer.Ordinal);
    }

    /// <summary>Those that were asked for after a denial: a grant has the id of its request.</summary>
    private async Task<HashSet<string>> RequestsAsync(string[] grants, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.CreateCommand("select id from access_request_list where id = any ($1)");
        read.Parameters.AddWithValue(grants);
        return [.. await ReadModelRows.ReadAsync(read, row => row.GetString(0), cancellation)];
    }
}
