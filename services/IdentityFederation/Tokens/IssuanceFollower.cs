using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clients;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Keeps clients, signing keys, revocations and open sessions in memory by following the event store: no token costs a question to the
/// database, and a replica knows of a change as soon as it is numbered. While the store is away, the last state stays.
/// </summary>
internal sealed class IssuanceFollower(
    IEventStore store, Issuance issuance, OpenSessions sessions, ITokenValidator tokens, WorkerStates states, TimeProvider clock,
    ILogger<IssuanceFollower> logger)
    : BackgroundService, IHealthCheck
{
    private const int PageSize = 5_000;
    private const string Worker = "issuance";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TokensLastFor = TimeSpan.FromMinutes(ClientDefinition.TokenMinutesMax);

    private readonly FailureLog failures = new(clock, logger);
    private volatile TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long position;

    /// <summary>Completes when everything up to this position is known.</summary>
    public async Task ReachedAsync(long wanted, CancellationToken cancellation)
    {
        while (true)
        {
            Task next = moved.Task;
            if (Volatile.Read(ref position) >= wanted)
            {
                return;
            }

            await next.WaitAsync(cancellation);
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
        !issuance.IsRead ? HealthCheckResult.Unhealthy("The clients and keys are being read.")
        // Whoever does not hear of ended sessions and revoked tokens any more must not be asked about them. An outage of the store passes.
        : states.FailureOf(Worker) is { } code and not "store_unreachable" ? HealthCheckResult.Unhealthy(
            "What happens to clients, keys and sessions cannot be followed.", null,
            new Dictionary<string, object>(StringComparer.Ordinal) { ["failure"] = code, ["position"] = Volatile.Read(ref position) })
        : !issuance.Signs ? HealthCheckResult.Unhealthy(issuance.SigningFault ?? "There is no signing key yet.")
        : HealthCheckResult.Healthy(null, new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["clients"] = issuance.Clients.Count, ["keys"] = issuance.Ring.Keys.Count, ["position"] = Volatile.Read(ref position),
        }));

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.Started.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                IReadOnlyList<StoredEvent> page;
                do
                {
                    page = await store.ReadAllAsync(position, PageSize, stoppingToken);
                    Apply(page);
                }
                while (page.Count == PageSize);
                states.Works(Worker);
                sessions.IsRead = true;
                issuance.IsRead = true;
                failures.Over();
                await foreach (IReadOnlyList<StoredEvent> batch in store.FollowAsync(position, stoppingToken))
                {
                    Apply(batch);
                    states.Works(Worker);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                states.Fails(Worker, e);
                failures.Outage("Clients and keys cannot be followed, it is tried again until they can", e.Message, e);
                await Task.Delay(RetryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
    }

    private void Apply(IReadOnlyList<StoredEvent> events)
    {
        foreach (StoredEvent stored in events)
        {
            issuance.Apply(stored);
            sessions.Apply(stored);
            Revoke(stored);
            Volatile.Write(ref position, stored.Position);
        }

        Interlocked.Exchange(ref moved, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    // The service's own endpoints take its tokens too: they hear of what is worth nothing any more.
    private void Revoke(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case ClientDisabled e:
                tokens.RevokeAllOf(Client.Streams.IdOf(stored.StreamId), e.At);
                break;
            case ClientSecretRotated { OwnVoidUntil: { } until }:
                tokens.RevokeOwnOf(Client.Streams.IdOf(stored.StreamId), until);
                break;
            case SigningKeyRevoked e:
                tokens.RevokeKey(e.KeyId);
                break;
            // Older ones have no token left that has not expired.
            case SessionEnded e when e.At + TokensLastFor > clock.GetUtcNow():
                tokens.RevokeSession(Session.Streams.IdOf(stored.StreamId));
                break;
            case PersonDeactivated or PersonSuspended or PersonLocked or PersonDeprovisioned:
                string person = Person.Streams.IdOf(stored.StreamId);
                foreach (OpenSession session in sessions.WithoutPerson.Where(session => session.State.Person == person))
                {
                    tokens.RevokeSession(session.Id);
                }

                break;
            case TokenRevoked e when e.ExpiresAt > clock.GetUtcNow():
                tokens.Revoke(IssuedToken.Streams.IdOf(stored.StreamId), e.ExpiresAt);
                break;
        }
    }
}
