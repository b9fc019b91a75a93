using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;
using AccessGov.Messaging;
using Npgsql;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.IdentityFederation.Groups;

/// <summary>
/// Tells others which roles somebody has by groups, when they are others than was told. One replica at a time, a bounded number of people
/// in a transaction, and what is told is looked up after the mark was taken: so the last message about somebody says what holds, and a
/// group of any size is told in pieces, also after a restart.
/// </summary>
internal sealed class TellRoles(
    NpgsqlDataSource database, IMessageBus bus, IEventStore store, WorkerStates states, TimeProvider clock, ILogger<TellRoles> logger)
    : UnattendedWork(
        "roles-of-groups", "Roles by groups cannot be told", pause: TimeSpan.FromMilliseconds(500), store, states, clock, logger)
{
    /// <summary>How many people one transaction tells of.</summary>
    public const int PeopleMax = 200;


    /// <summary>Tells of a bounded number of people; false when there was nobody, or another replica is at it.</summary>
    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        if (await DueRoles.TurnAsync(Clock.GetUtcNow(), transaction, cancellation) is not { } at
            || await DueRoles.TakeAsync(PeopleMax, transaction, cancellation) is not { } due)
        {
            return false;
        }

        IReadOnlyList<DueRoles.Standing> people = await DueRoles.LookUpAsync(due, transaction, cancellation);
        DueRoles.Standing[] news = [.. people.Where(person => person.IsNews)];
        foreach (DueRoles.Standing person in news)
        {
            var told = new V1.UserRolesChanged(person.Id, [.. person.Roles.Select(Contract)], person.MarkedBy, at);
            await PublishAsync(person.Id, told, transaction, cancellation);
            if (person.HasMoved)
            {
                var moved = new V1.UserMoved(
                    person.Id, person.Department, person.Department, person.Manager, person.Manager,
                    RolesChanged: true, person.MarkedBy, at);
                await PublishAsync(person.Id, moved, transaction, cancellation);
            }
        }

        await DueRoles.RememberAsync(news, transaction, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private Task PublishAsync(string person, object message, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        bus.PublishAsync(message, new PublishOptions(Person.Streams.StreamId(person), Guid.CreateVersion7()), transaction, cancellation);

    private static V1.RoleOfGroups Contract(GroupRole role) => new(role.Role, $"{role.Scope.Kind}".ToLowerInvariant(), role.Scope.Id);
}
