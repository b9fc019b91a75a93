using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>Rotates the signing keys by their age. All replicas look; the expected version lets one be first.</summary>
internal sealed class KeepSigningKeys(
    Issuance issuance, KeyVault vault, IOptions<IdentityFederationOptions> options, IEventStore store, WorkerStates states,
    TimeProvider clock, ILogger<KeepSigningKeys> logger)
    : UnattendedWork("signing-keys", "The signing keys cannot be rotated", pause: TimeSpan.FromSeconds(1), store, states, clock, logger)
{
    public const string ByAge = "Its time was over.";

    private readonly Dictionary<string, KeyMaterial> candidates = new(StringComparer.Ordinal);

    /// <summary>So long before it signs a key can be read: those who check tokens read the keys more often than that.</summary>
    public static TimeSpan AnnouncedFor { get; } = TimeSpan.FromDays(1);

    /// <summary>A retired key is shown while a token that it signed may be good, and for the difference of clocks.</summary>
    public static TimeSpan ShownFor { get; } = TimeSpan.FromMinutes(Clients.ClientDefinition.TokenMinutesMax + 5);

    /// <param name="ring">The keys.</param>
    /// <param name="candidate">The next key of its algorithm, where one is needed.</param>
    /// <param name="now">The time.</param>
    /// <param name="rotateAfter">How long a key signs.</param>
    public static Outcome<SigningKeyEvent> Decide(SigningKeyRing ring, KeyMaterial candidate, DateTimeOffset now, TimeSpan rotateAfter) =>
        (ring.SigningWith(candidate.Algorithm), ring.AnnouncedFor(candidate.Algorithm)) switch
    {
        (null, _) =>
            Outcome.Of<SigningKeyEvent>(new SigningKeyAnnounced(candidate, now), new SigningKeyActivated(candidate.KeyId, now)),
        ({ } signing, { } next) => next.SignsFrom <= now
            ? Outcome.Of<SigningKeyEvent>(
                new SigningKeyActivated(next.Key.KeyId, now),
                new SigningKeyRetired(signing.Key.KeyId, now + ShownFor, ByAge))
            : Outcome.NothingToDo<SigningKeyEvent>(),
        ({ } signing, null) => signing.SignsFrom + rotateAfter - AnnouncedFor <= now
            ? new SigningKeyAnnounced(candidate, now + AnnouncedFor)
            : Outcome.NothingToDo<SigningKeyEvent>(),
    };

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        foreach (string algorithm in issuance.IsRead ? SigningKeyRing.Algorithms : [])
        {
            await KeepAsync(algorithm, cancellation);
        }

        return false;
    }

    private async Task KeepAsync(string algorithm, CancellationToken cancellation)
    {
        if (!candidates.TryGetValue(algorithm, out KeyMaterial? candidate))
        {
            candidates[algorithm] = candidate = vault.New(algorithm);
        }

        // What is in memory says nearly always that there is nothing to do.
        if (Next(issuance.Ring) is Outcome<SigningKeyEvent>.Accepted { Events.Count: > 0 })
        {
            await Store.RunAsync(SigningKeyRing.Streams, SigningKeyRing.Id, Next,
                new EventMetadata(Actor: Refusals.Service, Source: "rotation by age"), cancellation: cancellation);
            candidates.Remove(algorithm);
        }

        Outcome<SigningKeyEvent> Next(SigningKeyRing ring) =>
            Decide(ring, candidate, Clock.GetUtcNow(), options.Value.SigningKeysRotateAfter);
    }
}
