using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Journal;
using AccessGov.PolicyDecision.Matrix;
using AccessGov.PolicyDecision.TimeTravel;
using Npgsql;

namespace AccessGov.PolicyDecision.Creep;

/// <summary>What a subject has gathered since an instant: grants in force now that were not then, the rights of the roles that came with them, and which of these were used.</summary>
internal sealed class GatheredRights(
    FactHistory history, CreepSpan span, LastCertifications certifications, JournalDatabase journal, HashedIds ids, IFacts facts, TimeTravelAccess access,
    TimeProvider clock)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/subjects/{type}/{id}/creep", (string type, string id, GatheredRights gathered, HttpContext http, string? since) =>
            gathered.AnswerAsync(new SubjectKey(type, id), http, since))
        .RequireAuthorization("facts.read");

    private async Task<IResult> AnswerAsync(SubjectKey subject, HttpContext http, string? since)
    {
        long started = clock.GetTimestamp();
        if (WhatCould.Malformed(subject) is { } malformed)
        {
            return Commands.Refuse(malformed);
        }

        DateTimeOffset? certified = subject.Type == "User" ? await certifications.FindAsync(subject.Id, http.RequestAborted) : null;
        Outcome<DateTimeOffset> from = await span.OfAsync(since, http.RequestAborted, certified);
        if (from.Refusal() is { } refusal)
        {
            return Commands.Refuse(refusal);
        }

        PastFacts past = await history.AtAsync(from.Value(), http.RequestAborted);
        await history.AddSubjectsAsync(past, [FactIntervals.SubjectOf(subject.Type, subject.Id)], null, http.RequestAborted);
        (DateTimeOffset now, FactsSnapshot current) = (clock.GetUtcNow(), facts.Current);
        GrantFact[] before = HeldBy(subject, past.Snapshot(), from.Value());
        GrantFact[] held = HeldBy(subject, current, now);
        GrantFact[] gathered = [.. held.Where(grant => before.All(old => old.GrantId != grant.GrantId)).OrderBy(grant => grant.From).ThenBy(grant => grant.GrantId, StringComparer.Ordinal)];
        string[] newRoles = [.. gathered.Select(grant => grant.Role).Except(before.Select(grant => grant.Role), StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        try
        {
            IReadOnlyList<MatrixCell> cells = newRoles.Length == 0 ? [] : PermissionMatrix.CellsOf(current);
            HashSet<string> used = await UsedAsync(subject, from.Value(), http.RequestAborted);
            return await access.AnswerAsync(http, new PastQuestion(subject.Type, subject.Id, null, null, from.Value(), now), started, new
            {
                Subject = new { subject.Type, subject.Id },
                Since = from.Value(),
                CertifiedAt = certified,
                Held = held.Length,
                Gathered = gathered.Select(grant => new { grant.GrantId, grant.Role, Scope = FactIntervals.ScopeOf(grant.Scope.Kind, grant.Scope.Id), grant.From, grant.Until, grant.ReadOnly }),
                Rights = cells.Where(cell => newRoles.Contains(cell.Role, StringComparer.Ordinal) && cell.IsGivenBy(gathered))
                    .Select(cell => new { cell.Role, cell.Action, Used = used.Contains(cell.Action) }),
            });
        }
        catch (ArgumentException tooLarge)
        {
            return Commands.Refuse(new Refusal("matrix_too_large", tooLarge.Message));
        }
        catch (NpgsqlException)
        {
            return Commands.Refuse(new Refusal("journal_unavailable", "What was used cannot be read from the journal now: try again in a minute."));
        }
    }

    private static GrantFact[] HeldBy(SubjectKey subject, FactsSnapshot facts, DateTimeOffset at) =>
        [.. facts.Subjects.GetValueOrDefault(subject, SubjectFacts.None).Grants.Where(grant => grant.IsActive(at) && !facts.RetiredRoles.Contains(grant.Role))];

    /// <summary>Actions that the subject was permitted; the journal's index lags a few seconds behind.</summary>
    private async Task<HashSet<string>> UsedAsync(SubjectKey subject, DateTimeOffset since, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = journal.Source.CreateCommand("select distinct action from decision where subject = $1 and at >= $2 and permitted");
        command.Parameters.AddWithValue(IndexedDecision.Key(ids.Of(subject.Id)!));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since.ToUniversalTime() });
        return [.. await ReadModelRows.ReadAsync(command, row => row.GetString(0), cancellation)];
    }
}
