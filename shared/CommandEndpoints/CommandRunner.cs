using AccessGov.EventSourcing;
using Microsoft.AspNetCore.Http;

namespace AccessGov.CommandEndpoints;

/// <summary>Carries commands out that come by HTTP: load, decide, append, and say how it ended. Thread-safe.</summary>
/// <param name="store">Where the streams are.</param>
/// <param name="reach">What must know of a write before it is answered with its position.</param>
/// <param name="refusals">The service's refusals.</param>
/// <param name="clock">The time that rules are told.</param>
public class CommandRunner(IEventStore store, ICommandReach reach, RefusalTable refusals, TimeProvider clock)
{
    /// <summary>The answer's header with the position at which the write is known everywhere.</summary>
    public const string PositionHeader = "AccessGov-Position";

    private static readonly SemaphoreSlim Beaten = new(1, 1);

    /// <summary>The time that rules are told.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>An id in the order of time (UUID version 7).</summary>
    public static string NewId() => Guid.CreateVersion7().ToString();

    /// <summary>Runs one command on one stream.</summary>
    /// <param name="http">The request: its headers carry Idempotency-Key and If-Match.</param>
    /// <param name="streams">The kind of stream.</param>
    /// <param name="id">Which one.</param>
    /// <param name="decide">The rule. It may run several times.</param>
    /// <param name="answer">The answer when it was accepted, from the id and the state after it; 204 unless given.</param>
    /// <param name="alongside">SQL of the same transaction.</param>
    /// <param name="refuse">The answer to a refusal; problem details unless given.</param>
    /// <param name="matches">Whether If-Match names versions of this stream; where it does not, the caller has compared it.</param>
    public async Task<IResult> RunAsync<TState, TEvent>(
        HttpContext http, StreamKind<TState, TEvent> streams, string id, Func<TState, Outcome<TEvent>> decide,
        Func<string, TState, IResult>? answer = null, Alongside? alongside = null, Func<Refusal, IResult>? refuse = null,
        bool matches = true)
        where TEvent : notnull
    {
        refuse ??= refusals.Answer;
        if (Refused(http) is { } refused)
        {
            return refuse(refused);
        }

        IReadOnlyList<long>? expected = matches ? Caller.IfMatch(http) : null;
        try
        {
            CommandResult<Versioned<TState>> result = await OneAtATimeWhereCrowdedAsync(
                () => store.RunAsync<Versioned<TState>, TEvent>(
                    streams.StreamId(id), streams.Name, new Versioned<TState>(streams.Initial, 0),
                    (state, @event) => new Versioned<TState>(streams.Evolve(state.State, @event), state.Version + 1),
                    state => expected is null || expected.Contains(state.Version)
                        ? decide(state.State)
                        : Stale(state.Version),
                    Caller.Metadata(http), Caller.IdempotencyKey(http), alongside, Caller.CommandHash(http), http.RequestAborted),
                http.RequestAborted);
            switch (result)
            {
                case CommandResult<Versioned<TState>>.Accepted accepted:
                    await TellPositionAsync(http, [accepted.Receipt]);
                    return Answer(streams.IdOf(accepted.Receipt.StreamId), accepted.State.State, accepted.Receipt.Version);
                case CommandResult<Versioned<TState>>.NothingToDo nothing:
                    // What it found may have been written a moment ago by somebody else, and not be known everywhere yet.
                    await TellPositionAsync(http, nothing.Last is { } last ? [last] : []);
                    return Answer(id, nothing.State.State, nothing.Version);
                case CommandResult<Versioned<TState>>.Refused { Reason: var reason }:
                    return refuse(reason);
                default:
                    throw new InvalidOperationException($"{result.GetType().Name} is not a known result of a command.");
            }
        }
        catch (RefusedAlongsideException e)
        {
            return refuse(e.Refusal);
        }
        catch (Exception e) when (NotWritten(e) is { } refusal)
        {
            if (e is not IdempotencyKeyReusedException)
            {
                http.Response.Headers.RetryAfter = "1";
            }

            return refuse(refusal);
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
        if (reach.Refused is not { } refused)
        {
            return Caller.BadHeaders(http);
        }

        http.Response.Headers.RetryAfter = "1";
        return refused;
    }

    /// <summary>The refusal of a command that was meant for another version.</summary>
    public static Refusal Stale(long version) => new("stale", $"It is at version {version} now: read it again and decide anew.");

    /// <summary>The refusal that a failure of the store means; null for a failure that is a bug.</summary>
    public static Refusal? NotWritten(Exception failure) => failure switch
    {
        WrongExpectedVersionException or StreamAlreadyExistsException =>
            new Refusal("changed_meanwhile", "Others changed it again and again at this moment: try again."),
        IdempotencyKeyReusedException =>
            new Refusal(
                "idempotency_key_reused",
                "This Idempotency-Key was used for another command, which stays as it was answered: send this one with a key of its own."),
        StoreOverloadedException => new Refusal("store_overloaded", failure.Message),
        StoreUnavailableException => new Refusal("store_unavailable", failure.Message),
        AppendOutcomeUnknownException =>
            new Refusal(
                "outcome_unknown",
                "The connection to the database broke. Repeat the command with its Idempotency-Key, or read before you repeat it."),
        _ when StoreOutageHandler.Is(failure) => new Refusal("store_unavailable", "The database cannot be reached. Nothing was written."),
        _ => null,
    };

    /// <summary>
    /// Says at which position the write is known: from this answer on nobody decides without it. Whoever waits too long is answered
    /// without the position: the write is durable, only it is not known to be everywhere yet.
    /// </summary>
    public async Task TellPositionAsync(HttpContext http, IReadOnlyList<AppendReceipt> receipts)
    {
        using var patience = new CancellationTokenSource(reach.Patience, clock);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, patience.Token);
        try
        {
            long position = await store.PositionOfAsync(receipts, bound.Token);
            await reach.ReachedAsync(position, bound.Token);
            http.Response.Headers[PositionHeader] = $"{position}";
        }
        catch (Exception e) when (e is OperationCanceledException or Npgsql.NpgsqlException)
        {
            // Answered without the header, as said above.
        }
    }

    /// <summary>Where others were faster again and again, those that they beat go one after the other: many at once come through.</summary>
    private static async Task<TResult> OneAtATimeWhereCrowdedAsync<TResult>(Func<Task<TResult>> command, CancellationToken cancellation)
    {
        try
        {
            return await command();
        }
        catch (WrongExpectedVersionException)
        {
            await Beaten.WaitAsync(cancellation);
            try
            {
                return await command();
            }
            finally
            {
                Beaten.Release();
            }
        }
    }

    private sealed record Versioned<TState>(TState State, long Version);
}

/// <summary>A rule that only the transaction can hold refused the command; everything is rolled back.</summary>
public sealed class RefusedAlongsideException(Refusal refusal) : Exception(refusal.Sentence)
{
    /// <summary>Why.</summary>
    public Refusal Refusal { get; } = refusal;
}
