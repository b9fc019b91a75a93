using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Policies;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision;

/// <summary>Carries commands out: load, decide, append, and say in HTTP how it ended.</summary>
internal sealed class Commands(IEventStore store, FactsFollower facts, ReplicaLeases leases, IOptions<PolicyDecisionOptions> options, TimeProvider clock)
{
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>What rules may ask about other streams. It may lag a little behind other processes.</summary>
    public FactsSnapshot Facts => facts.Current;

    /// <summary>An id in the order of time.</summary>
    public static string NewId() => Guid.CreateVersion7().ToString();

    /// <summary>Runs one command on one stream.</summary>
    /// <param name="http">The request: its headers carry Idempotency-Key and If-Match.</param>
    /// <param name="streams">The kind of stream.</param>
    /// <param name="id">Which one.</param>
    /// <param name="decide">The rule.</param>
    /// <param name="answer">The answer when it was accepted, from the id and the state after it; 204 unless given.</param>
    /// <param name="alongside">SQL of the same transaction.</param>
    /// <param name="faults">What a refusal lists beside its sentence.</param>
    /// <param name="matches">Whether If-Match names a version of this stream; where it does not, the caller has compared it.</param>
    public async Task<IResult> RunAsync<TState, TEvent>(
        HttpContext http, StreamKind<TState, TEvent> streams, string id, Func<TState, Outcome<TEvent>> decide,
        Func<string, TState, IResult>? answer = null, Alongside? alongside = null, IReadOnlyList<PolicyFault>? faults = null,
        bool matches = true)
        where TEvent : notnull
    {
        if (Refused(http) is { } refused)
        {
            return Refuse(refused);
        }

        long? expected = matches ? Caller.IfMatch(http) : null;
        try
        {
            CommandResult<Versioned<TState>> result = await store.RunAsync<Versioned<TState>, TEvent>(
                streams.StreamId(id), streams.Name, new Versioned<TState>(streams.Initial, 0),
                (state, @event) => new Versioned<TState>(streams.Evolve(state.State, @event), state.Version + 1),
                state => expected is null || expected == state.Version
                    ? decide(state.State)
                    : Stale(state.Version),
                Caller.Metadata(http), Caller.IdempotencyKey(http), alongside, Caller.CommandHash(http), http.RequestAborted);
            switch (result)
            {
                case CommandResult<Versioned<TState>>.Accepted accepted:
                    await TellPositionAsync(http, [accepted.Receipt]);
                    return Answer(streams.IdOf(accepted.Receipt.StreamId), accepted.State.State, accepted.Receipt.Version);
                case CommandResult<Versioned<TState>>.NothingToDo nothing:
                    // What it found may have been written a moment ago by somebody else, and not be in the facts yet.
                    await TellPositionAsync(http, nothing.Last is { } last ? [last] : []);
                    return Answer(id, nothing.State.State, nothing.Version);
                case CommandResult<Versioned<TState>>.Refused { Reason: var reason }:
                    return faults is null ? Refuse(reason) : new FaultyFiles(reason, faults);
                default:
                    throw new InvalidOperationException($"{result.GetType().Name} is not a known result of a command.");
            }
        }
        catch (RefusedAlongsideException e)
        {
            return Refuse(e.Refusal);
        }
        catch (Exception e) when (NotWritten(e) is { } refusal)
        {
            if (e is not IdempotencyKeyReusedException)
            {
                http.Response.Headers.RetryAfter = "1";
            }

            return Refuse(refusal);
        }

        IResult Answer(string answered, TState state, long version)
        {
            http.Response.Headers.ETag = $"\"{version}\"";
            return answer?.Invoke(answered, state) ?? Results.NoContent();
        }
    }

    /// <summary>Why nothing may be commanded now, or not so; null when it may.</summary>
    public Refusal? Refused(HttpContext http)
    {
        if (facts.IsReady)
        {
            return Caller.BadHeaders(http);
        }

        http.Response.Headers.RetryAfter = "1";
        return Refusals.FactsNotReady;
    }

    public static Refusal Stale(long version) => new("stale", $"It is at version {version} now: read it again and decide anew.");

    public static IResult Refuse(Refusal refusal) => Refusals.Answer(refusal.Code, refusal.Sentence);

    /// <summary>The refusal that a failure of the store means; null for a failure that is a bug.</summary>
    public static Refusal? NotWritten(Exception failure) => failure switch
    {
        WrongExpectedVersionException or StreamAlreadyExistsException =>
            new Refusal("changed_meanwhile", "Others changed it again and again at this moment: try again."),
        IdempotencyKeyReusedException =>
            new Refusal("idempotency_key_reused", "This Idempotency-Key was used for another command, which stays as it was answered: send this one with a key of its own."),
        StoreOverloadedException => new Refusal("store_overloaded", failure.Message),
        StoreUnavailableException => new Refusal("store_unavailable", failure.Message),
        AppendOutcomeUnknownException =>
            new Refusal("outcome_unknown", "The connection to the database broke. Repeat the command with its Idempotency-Key, or read before you repeat it."),
        _ when StoreOutage.Is(failure) => new Refusal("store_unavailable", "The database cannot be reached. Nothing was written."),
        _ => null,
    };

    /// <summary>
    /// Says at which position the write is in the facts: from this answer on no replica decides without it. Whoever waits too long is answered without the
    /// position: the write is durable, only it is not known to be everywhere yet.
    /// </summary>
    public async Task TellPositionAsync(HttpContext http, IReadOnlyList<AppendReceipt> receipts)
    {
        using var patience = new CancellationTokenSource(options.Value.PositionPatience, clock);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, patience.Token);
        try
        {
            long position = await store.PositionOfAsync(receipts, bound.Token);
            await facts.AtLeastAsync(position, bound.Token);
            await leases.ReachedEverywhereAsync(position, bound.Token);
            http.Response.Headers["AccessGov-Position"] = $"{position}";
        }
        catch (Exception e) when (e is OperationCanceledException or Npgsql.NpgsqlException or FactsOverloadedException)
        {
            // Answered without the header, as said above.
        }
    }

    private sealed record Versioned<TState>(TState State, long Version);
}
