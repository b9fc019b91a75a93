using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.PolicyDecision.DutySeparations;

/// <summary>
/// Holds the rules of separated duties in the transaction of a grant. Such grants of one subject wait for each other, and each is judged by what is committed, so that
/// two commands at the same moment cannot give together what neither could give alone. Grants of roles that no rule names do not come here.
/// </summary>
internal static class DutyClaim
{
    public const string CreateIndex =
        """
        create index if not exists mt_events_grants_by_subject on mt_events ((data ->> 'SubjectId'), (data ->> 'Role')) where type = 'grant_given';
        """;

    /// <summary>What the grant's transaction has to check; null when no rule names its role.</summary>
    public static Alongside? Of(GiveGrant.Command command, FactsSnapshot facts, DateTimeOffset now)
    {
        DutySeparationFacts[] rules = [.. facts.DutySeparations.Where(rule => rule.Names(command.Role))];
        return rules.Length == 0 ? null : async (transaction, receipt, cancellation) =>
        {
            string[] roles = [.. rules.SelectMany(rule => rule.Roles).Distinct(StringComparer.Ordinal).Where(role => !facts.RetiredRoles.Contains(role))];
            IReadOnlyList<GrantFact> held = await HeldAsync(command, roles, transaction, cancellation);
            GrantFact given = held.Single(grant => grant.GrantId == Grant.Streams.IdOf(receipt.StreamId));
            if (FirstRefusal(rules, held, given, facts, now) is { } refusal)
            {
                throw new RefusedAlongsideException(refusal);
            }
        };
    }

    /// <summary>What the check would say, as far as the facts tell; null when nothing. They may lag, so it is no replacement for the check.</summary>
    public static Refusal? Foreseen(GiveGrant.Command command, string grantId, FactsSnapshot facts, DateTimeOffset now)
    {
        var given = new GrantFact(grantId, command.Role, new GrantScope(command.Scope.Kind, command.Scope.Id), command.From ?? now, command.Until, command.ReadOnly);
        GrantFact[] held = [.. facts.Subjects.GetValueOrDefault(new SubjectKey(command.SubjectType, command.SubjectId), SubjectFacts.None).Grants, given];
        return FirstRefusal(facts.DutySeparations.Where(rule => rule.Names(command.Role)), held, given, facts, now);
    }

    public static Refusal Refused(DutySeparationFacts rule, DutyViolation violation) => new(
        "separation_of_duties",
        $"The rule {rule.Id} allows one person {rule.AtMost} of its roles, and this would make it {string.Join(", ", violation.Roles)} "
        + $"from {violation.At.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'} on: revoke another of them first, or give this role to somebody else.");

    private static Refusal? FirstRefusal(IEnumerable<DutySeparationFacts> rules, IReadOnlyList<GrantFact> held, GrantFact given, FactsSnapshot facts, DateTimeOffset now)
    {
        foreach (DutySeparationFacts rule in rules)
        {
            if (rule.Meets(given.Scope, facts.Sites) && rule.FirstViolation(held, facts.Sites, now, given) is { } violation)
            {
                return Refused(rule, violation);
            }
        }

        return null;
    }

    /// <summary>The subject's grants of these roles, this one among them; the subject's other grants of the rules wait until the transaction ends.</summary>
    private static async Task<IReadOnlyList<GrantFact>> HeldAsync(GiveGrant.Command command, string[] roles, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using (var hold = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended($1, 4))", transaction.Connection, transaction))
        {
            hold.Parameters.AddWithValue($"duties of {command.SubjectType}/{command.SubjectId}");
            await hold.ExecuteNonQueryAsync(cancellation);
        }

        await using var read = new NpgsqlCommand(
            """
            select given.stream_id, given.data::text from mt_events as given
            where given.type = 'grant_given' and given.data ->> 'SubjectId' = $1 and given.data ->> 'Role' = any ($2) and given.data ->> 'SubjectType' = $3
              and not exists (select from mt_events as revoked where revoked.stream_id = given.stream_id and revoked.type = 'grant_revoked')
            """, transaction.Connection, transaction);
        read.Parameters.AddWithValue(command.SubjectId);
        read.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, roles);
        read.Parameters.AddWithValue(command.SubjectType);
        var held = new List<GrantFact>();
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            GrantGiven e = JsonSerializer.Deserialize<GrantGiven>(row.GetString(1), EventTypes.SerializerOptions)!;
            held.Add(new GrantFact(Grant.Streams.IdOf(row.GetString(0)), e.Role, new GrantScope(e.ScopeKind, e.ScopeId), e.From, e.Until, e.ReadOnly));
        }

        return held;
    }
}
