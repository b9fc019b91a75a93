using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>Rotates the signing keys by their age. All replicas look; the expected version lets one be first.</summary>
internal sealed class KeepSigningKeys(
    IEventStore store, Issuance issuance, KeyVault vault, IOptions<IdentityFederationOptions> options, WorkerStates states,
    TimeProvider clock, ILogger<KeepSigningKeys> logger)
    : BackgroundService
{
    public const string ByAge = "Its time was over.";
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly FailureLog failures = new(clock, logger);
    private KeyMaterial candidate = vault.New();

    /// <summary>So long before it signs a key can be read: those who check tokens read the keys more often than that.</summary>
    public static TimeSpan AnnouncedFor { get; } = TimeSpan.FromDays(1);

    /// <summary>A retired key is shown while a token that it signed may be good, and for the difference of clocks.</summary>
    public static TimeSpan ShownFor { get; } = TimeSpan.FromMinutes(Clients.ClientDefinition.TokenMinutesMax + 5);

    /// <param name="ring">The keys.</param>
    /// <param name="candidate">The next key, where one is needed.</param>
    /// <param name="now">The time.</param>
    /// <param name="rotateAfter">How long a key signs.</param>
    public static Outcome<SigningKeyEvent> Decide(SigningKeyRing ring, KeyMaterial candidate, DateTimeOffset now, TimeSpan rotateAfter) =>
        ring switch
    {
        { Signing: null } =>
            Outcome.Of<SigningKeyEvent>(new SigningKeyAnnounced(candidate, now), new SigningKeyActivated(candidate.KeyId, now)),
        { Signing: { } signing, Announced: { } next } => next.SignsFrom <= now
            ? Outcome.Of<SigningKeyEvent>(
                new SigningKeyActivated(next.Key.KeyId, now),
                new SigningKeyRetired(signing.Key.KeyId, now + ShownFor, ByAge))
            : Outcome.NothingToDo<SigningKeyEvent>(),
        { Signing: { } signing } => signing.SignsFrom + rotateAfter - AnnouncedFor <= now
            ? new SigningKeyAnnounced(candidate, now + AnnouncedFor)
            : Outcome.NothingToDo<SigningKeyEvent>(),
    };

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            // What is in memory says nearly always that there is nothing to do.
            if (issuance.IsRead && Next(issuance.Ring) is Outcome<SigningKeyEvent>.Accepted { Events.Count: > 0 })
            {
                await RotateAsync(stoppingToken);
            }
            else
            {
                // Also when another replica has done what failed here.
                states.Works("signing-keys");
            }

            await Task.Delay(BetweenLooks, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Outcome<SigningKeyEvent> Next(SigningKeyRing ring) =>
        Decide(ring, candidate, clock.GetUtcNow(), options.Value.SigningKeysRotateAfter);

    private async Task RotateAsync(CancellationToken cancellation)
    {
        try
        {
            await store.RunAsync(SigningKeyRing.Streams, SigningKeyRing.Id, Next,
                new EventMetadata(Actor: Refusals.Service, Source: "rotation by age"), cancellation: cancellation);
            candidate = vault.New();
            states.Works("signing-keys");
            failures.Over();
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            states.Fails("signing-keys", e);
            failures.Outage("The signing keys cannot be rotated, it is tried again until they can", e.Message, e);
        }
        catch (OperationCanceledException)
        {
            // The service is stopping.
        }
    }
}
