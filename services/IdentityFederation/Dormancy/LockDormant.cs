using AccessGov.CommandEndpoints;
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
    NpgsqlDataSource database, Activity activity, PersonCommands people, IOptions<AccountSettings> settings, IEventStore store,
    WorkerStates states, TimeProvider clock, ILogger<LockDormant> logger)
    : UnattendedWork(
        "dormant-accounts", "Accounts that are not used cannot be locked", pause: TimeSpan.FromMinutes(1), store, states, clock, logger)
{
    public const string Dormant = "dormant";

    private const int BatchMax = 200;
    private static readonly EventMetadata ByItself = new(Actor: Refusals.Service, Source: "dormant accounts");
    private static readonly Refusal ActiveMeanwhile = new("active_meanwhile", "They have signed in at this moment.");

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

    /// <summary>Warns and locks those whose time has come.</summary>
    /// <returns>Whether it looked: another replica may be at it, and what is known of activity may be too old.</returns>
    internal async Task<bool> LookAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection lease = await database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await lease.BeginTransactionAsync(cancellation);
        await using var take = new NpgsqlCommand(
            "select pg_try_advisory_xact_lock(hashtextextended('accessgov dormant accounts', 0))", lease, transaction);
        if (await take.ExecuteScalarAsync(cancellation) is not true)
        {
            return false;
        }

        // Whoever signed in later than what was followed until now would be taken for somebody who has not.
        head ??= await Store.HeadAsync(cancellation);
        caughtUp = caughtUp || await Store.ReachedAsync(Activity.Subscription, cancellation) >= head;
        if (!caughtUp)
        {
            return false;
        }

        DateTimeOffset now = Clock.GetUtcNow();
        (TimeSpan warnAfter, TimeSpan lockAfter) = (settings.Value.DormantWarningAfter, settings.Value.DormantAfter);
        foreach (Activity.Entry one in await activity.DueAsync(now, warnAfter, lockAfter, BatchMax, cancellation))
        {
            Refusal? refused = await people.RunAsync(
                ByItself, one.Person, state => Decide(state, one.ActiveAt, now, warnAfter, lockAfter), cancellation,
                (append, _, ending) => UnlessActiveAsync(one, append, ending));
            if (refused is not null && refused != ActiveMeanwhile)
            {
                Failures.Failed("An account that is not used cannot be locked", $"{one.Person}: {refused.Code}");
            }
        }

        return true;
    }

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        await LookAsync(cancellation);
        return false;
    }

    private static async Task UnlessActiveAsync(Activity.Entry one, NpgsqlTransaction append, CancellationToken cancellation)
    {
        if (!await Activity.IsLastAsync(one.Person, one.ActiveAt, append, cancellation))
        {
            throw new RefusedAlongsideException(ActiveMeanwhile);
        }
    }
}
