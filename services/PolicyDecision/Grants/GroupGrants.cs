using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.DutySeparations;
using AccessGov.PolicyDecision.Facts;
using Npgsql;

namespace AccessGov.PolicyDecision.Grants;

/// <summary>
/// Gives and revokes so that somebody has by groups exactly what IdentityFederation says. Grants that were given by hand are not looked at:
/// where both give the same, one stays when the other goes. Whoever is told the same again finds it done; a grant that has ended is not
/// revived, it is given anew.
/// </summary>
internal sealed class GroupGrants(UnattendedCommands unattended, IFacts facts, TimeProvider clock)
{
    private const string Given = "By group membership.";
    private const string NotGivenAnyMore = "By group membership: no group gives it any more.";

    /// <summary>A role somewhere.</summary>
    public sealed record Wanted(string Role, GrantScopeKind Kind, string? ScopeId);

    /// <param name="subject">Who.</param>
    /// <param name="wanted">All that their groups give.</param>
    /// <param name="toldAt">When it was told.</param>
    /// <param name="metadata">What caused it.</param>
    /// <param name="transaction">The message's.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>What is refused, and why.</returns>
    public async Task<IReadOnlyList<RefusedGrants.Item>> HoldAsync(
        string subject, IReadOnlyCollection<Wanted> wanted, DateTimeOffset toldAt, EventMetadata metadata, NpgsqlTransaction transaction,
        CancellationToken cancellation)
    {
        IReadOnlyList<(string Id, Wanted What)> held = await HeldAsync(subject, transaction, cancellation);

        // First what goes: it may be what stands in the way of what comes.
        foreach ((string id, _) in held.Where(grant => !wanted.Contains(grant.What)))
        {
            await unattended.RunAsync(Grant.Streams, id, state => RevokeGrant.End(state, NotGivenAnyMore), metadata, null, cancellation);
        }

        var refused = new List<RefusedGrants.Item>();
        foreach (Wanted one in wanted.Except(held.Select(grant => grant.What)))
        {
            string id = IdOf(subject, one, toldAt);
            if (await GiveAsync(id, subject, one, metadata, cancellation) is { } refusal)
            {
                var scope = new GrantList.Scope($"{one.Kind}".ToLowerInvariant(), one.ScopeId);
                refused.Add(new RefusedGrants.Item(id, subject, one.Role, scope, refusal.Code, refusal.Sentence, toldAt));
            }
        }

        return refused;
    }

    /// <summary>In the order of time (as a UUID of version 7), and the same whenever the same is told.</summary>
    private static string IdOf(string subject, Wanted wanted, DateTimeOffset toldAt)
    {
        string[] parts = [subject, wanted.Role, $"{wanted.Kind}", wanted.ScopeId ?? "", $"{toldAt.UtcTicks}"];
        Span<byte> id = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, 16);
        Span<byte> instant = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(instant, toldAt.ToUnixTimeMilliseconds());
        instant[2..].CopyTo(id);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return $"{new Guid(id, bigEndian: true)}";
    }

    private async Task<Refusal?> GiveAsync(string id, string subject, Wanted wanted, EventMetadata metadata, CancellationToken cancellation)
    {
        if (!facts.IsReady)
        {
            return Refusals.FactsNotReady;
        }

        var command = new GiveGrant.Command(subject, wanted.Role, new GiveGrant.Scope(wanted.Kind, wanted.ScopeId), Given);
        DateTimeOffset now = clock.GetUtcNow();
        return await unattended.RunAsync(
            Grant.Streams, id, state => GiveGrant.Decide(state, command, facts.Current, now, byGroups: true), metadata,
            DutyClaim.Of(command, facts.Current, now), cancellation);
    }

    /// <summary>
    /// The grants by groups that somebody has. The events are asked and not a list that follows them: what was given a moment ago is among
    /// them.
    /// </summary>
    private static async Task<IReadOnlyList<(string Id, Wanted What)>> HeldAsync(
        string subject, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand(
            """
            select given.stream_id, given.data ->> 'Role', given.data ->> 'ScopeKind', given.data ->> 'ScopeId' from mt_events as given
            where given.type = 'grant_given' and given.data ->> 'SubjectId' = $1 and given.data ->> 'SubjectType' = 'User'
              and given.data ->> 'ByGroups' = 'true'
              and not exists (select from mt_events as revoked where revoked.stream_id = given.stream_id and revoked.type = 'grant_revoked')
            """, transaction.Connection, transaction) { Parameters = { new() { Value = subject } } };
        return await ReadModelRows.ReadAsync(
            read,
            row => (Grant.Streams.IdOf(row.GetString(0)),
                new Wanted(row.GetString(1), Enum.Parse<GrantScopeKind>(row.GetString(2)), ReadModelRows.Text(row, 3))),
            cancellation);
    }
}
