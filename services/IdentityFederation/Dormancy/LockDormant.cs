using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.People;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.IdentityFederation.Dormancy;

/// <summary>
/// Warns people who have not signed in for long, and locks them when they still do not: an account that nobody uses is one that nobody
/// misses when somebody else does. By the clock; every replica looks, a lock lets one work.
/// </summary>
internal sealed class LockDormant(
    NpgsqlDataSource database, IEventStore store, Activity activity, PersonCommands people, IOptions<AccountSettings> settings,
    WorkerStates states, TimeProvider clock, ILogger<LockDormant> logger)
    : BackgroundService
{
    public const string Dormant = "dormant";

    private const string Worker = "dormant-accounts";
    private const int BatchMax = 200;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);
    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "dormant accounts");

    private readonly FailureLog failures = new(clock, logger);
    private long? head;
    private bool caughtUp;

    /// <param name="state">The person.</param>
    /// <param name="activeAt">When they were active last.</param>
    /// <param name="now">The time.</param>
    /// <param name="warnAfter">After how long they are warned.</param>
    /// <param name="lockAfter">After how long they are locked.</param>
    public static Outcome<PersonEvent> Decide(
        Person state, DateTimeOffset activeAt, DateTimeOffset now, TimeSpan warnAfter, TimeSpan lockAfter) => state switch
    {
        // Once for each time that they stayed away.
        Person.Provisioned { MaySignIn: true } person when now - activeAt >= warnAfter && !(person.WarnedOfLockAt > activeAt) =>
            new PersonWarnedOfLock(activeAt, Later(activeAt + lockAfter, now + (lockAfter - warnAfter)), now),

        // Nobody is locked who was not warned in time, also when the days were made fewer.
        Person.Provisioned { MaySignIn: true } person when now - activeAt >= lockAfter && now - person.WarnedOfLockAt >= lockAfter - warnAfter =>
            new PersonLocked(Dormant, activeAt),
        _ => Outcome.NothingToDo<PersonEvent>(),
    };

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

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
                await LookAsync(stoppingToken);
                states.Works(Worker);
                failures.Over();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                states.Fails(Worker, e);
                failures.Outage("Accounts that are not used cannot be locked, it is tried again until they can", e.Message, e);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await Task.Delay(BetweenLooks, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Warns and locks those whose time has come, unless another replica is at it.</summary>
    internal async Task LookAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection lease = await database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await lease.BeginTransactionAsync(cancellation);
        await using var take = new NpgsqlCommand(
            "select pg_try_advisory_xact_lock(hashtextextended('accessgov dormant accounts', 0))", lease, transaction);
        if (await take.ExecuteScalarAsync(cancellation) is not true)
        {
            return;
        }

        DateTimeOffset now = clock.GetUtcNow();
        (TimeSpan warnAfter, TimeSpan lockAfter) = (settings.Value.DormantWarningAfter, settings.Value.DormantAfter);

        // Whoever signed in later than what was followed until now would be taken for somebody who has not.
        head ??= await store.HeadAsync(cancellation);
        caughtUp = caughtUp || await activity.HasReachedAsync(head.Value, cancellation);
        foreach (Activity.Entry one in caughtUp ? await activity.DueAsync(now, warnAfter, lockAfter, BatchMax, cancellation) : [])
        {
            Refusal? refused = await people.RunAsync(
                ByItself, one.Person, state => Decide(state, one.ActiveAt, now, warnAfter, lockAfter), cancellation);
            if (refused is not null)
            {
                failures.Failed("An account that is not used cannot be locked", $"{one.Person}: {refused.Code}");
            }
        }
    }
}
