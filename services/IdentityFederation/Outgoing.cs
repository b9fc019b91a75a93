using System.Net;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clients;
using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.SignIn;
using AccessGov.Messaging;
using Npgsql;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.IdentityFederation;

/// <summary>
/// Domain event to contract. The messages and the subscription's progress commit together, so each event is published once, in order.
/// </summary>
internal sealed class Outgoing(IMessageBus bus) : ISubscription
{
    public string Name => "OutgoingMessages";

    /// <summary>The message of an event; null for what concerns nobody else.</summary>
    public static object? MessageOf(StoredEvent stored)
    {
        (string? by, DateTimeOffset at) = (stored.Metadata.Actor, stored.RecordedAt);
        return stored.Data switch
        {
            PersonProvisioned { Active: true } e => new V1.UserProvisioned(
                Id(), e.Organisation, e.Profile.UserName, e.Profile.DisplayName, e.Profile.Employment?.Department,
                e.Profile.Employment?.Manager, by, at),
            PersonReactivated => new V1.UserReactivated(Id(), by, at),
            PersonChanged e => new V1.UserChanged(
                Id(), e.Profile.UserName, e.Profile.DisplayName, e.Profile.Employment?.Department, e.Profile.Employment?.Manager, by, at),
            PersonSuspended e => new V1.UserSuspended(Id(), e.Reason, by, at),
            PersonReinstated e => new V1.UserReinstated(Id(), e.Reason, by, at),

            // Whoever is inactive has nothing left to lose when they go for good; those who hear of it twice do nothing the second time.
            PersonDeactivated e => new V1.UserDeprovisioned(Id(), e.Reason, by, at),
            PersonDeprovisioned e => new V1.UserDeprovisioned(Id(), e.Reason, by, at),
            PersonLocked e => new V1.UserLocked(Id(), e.Reason, by, at),
            PersonUnlocked e => new V1.UserUnlocked(Id(), e.Reason, by, at),
            SessionStarted e => new V1.SignedIn(
                Session.Streams.IdOf(stored.StreamId), e.Person, e.Proof.Methods, e.Proof.Context, e.Proof.Provider,
                SignInGuard.NetworkOf(IPAddress.Parse(e.Device.Address)), e.Device.Inside, e.At),

            // A session is stepped up by its person, and by nobody else.
            SessionSteppedUp e when by is { } person => new V1.SignedIn(
                Session.Streams.IdOf(stored.StreamId), person, e.Proof.Methods, e.Proof.Context, e.Proof.Provider, null, null, e.At),
            SessionEnded e => new V1.SessionEnded(Session.Streams.IdOf(stored.StreamId), e.Person, e.Cause, by, at),
            ClientDisabled e => new V1.ClientDisabled(Client.Streams.IdOf(stored.StreamId), e.Reason, by, e.At),
            ClientSecretRotated { OwnVoidUntil: { } until } =>
                new V1.ClientSecretReplaced(Client.Streams.IdOf(stored.StreamId), by, until),
            ClientEnabled => new V1.ClientEnabled(Client.Streams.IdOf(stored.StreamId), by, at),
            _ => null,
        };

        string Id() => Person.Streams.IdOf(stored.StreamId);
    }

    public async Task HandleAsync(IReadOnlyList<StoredEvent> batch, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        IReadOnlyDictionary<Guid, V1.UserMoved> moves = await Moves.OfAsync(batch, transaction, cancellation);
        foreach (StoredEvent stored in batch)
        {
            if (MessageOf(stored) is { } message)
            {
                await bus.PublishAsync(message, new PublishOptions(stored.StreamId, stored.Id), transaction, cancellation);
            }

            if (moves.TryGetValue(stored.Id, out V1.UserMoved? moved))
            {
                await bus.PublishAsync(moved, new PublishOptions(stored.StreamId, Moves.IdAfter(stored.Id)), transaction, cancellation);
            }
        }

        // From here on what they have by groups is told after what was published of them: nobody takes away what was given after it.
        await RolesOfGroups.MarkAnewAsync(EndedOrBack(batch), transaction, cancellation);
    }

    private static Dictionary<string, string?> EndedOrBack(IReadOnlyList<StoredEvent> batch) => batch
        .Where(stored => stored.Data is PersonDeactivated or PersonReactivated or PersonDeprovisioned)
        .GroupBy(stored => Person.Streams.IdOf(stored.StreamId), stored => stored.Metadata.Actor, StringComparer.Ordinal)
        .ToDictionary(person => person.Key, person => person.Last(), StringComparer.Ordinal);
}
