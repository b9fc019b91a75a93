using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Users;
using Npgsql;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>IdentityFederation says that somebody does not work here any more: nothing is permitted to them
/// any more, and every grant of theirs ends now, also one that begins later.</summary>
internal static class WhenUserDeprovisioned
{
    private const int ReasonLengthMax = 1000;

    public static async Task Handle(
        V1.UserDeprovisioned message, IEventStore store, NpgsqlTransaction transaction, MessageEnvelope envelope, CancellationToken cancellation)
    {
        string reason = $"The person does not work here any more: {message.Reason}";
        string words = reason.Length > ReasonLengthMax ? reason[..ReasonLengthMax] : reason;
        EventMetadata metadata = Told.By(message.DeprovisionedBy, envelope);
        await store.RunAsync(Departure.Streams, message.UserId, state => Departure.Leave(state, message.Reason), metadata, cancellation: cancellation);
        await Task.WhenAll((await GrantsAsync(message.UserId, transaction, cancellation)).Select(grant => store.RunAsync(
            Grant.Streams, Grant.Streams.IdOf(grant), state => RevokeGrant.End(state, words), metadata, cancellation: cancellation)));
    }

    /// <summary>The streams of the person's grants. The events are asked and not a list that follows them: what was given a moment ago ends too.</summary>
    private static async Task<IReadOnlyList<string>> GrantsAsync(string user, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand(
            """
            select given.stream_id from mt_events as given
            where given.type = 'grant_given' and given.data ->> 'SubjectId' = $1 and given.data ->> 'SubjectType' = 'User'
              and not exists (select from mt_events as revoked where revoked.stream_id = given.stream_id and revoked.type = 'grant_revoked')
            """, transaction.Connection, transaction);
        read.Parameters.AddWithValue(user);
        return await ReadModelRows.ReadAsync(read, row => row.GetString(0), cancellation);
    }
}
