using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// Publishes failed sign-ins, counted: what is taken and what is told commit together. All replicas do; each row is one's.
/// </summary>
internal sealed class TellFailures(
    NpgsqlDataSource database, SignInFailures failed, IMessageBus bus, IEventStore store, WorkerStates states, TimeProvider clock,
    ILogger<TellFailures> logger)
    : UnattendedWork(
        "sign-in-failures", "Failed sign-ins cannot be told", pause: TimeSpan.FromSeconds(5), store, states, clock, logger)
{

    protected override async Task<bool> StepAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        foreach (SignInFailures.Counted one in await failed.TakeAsync(transaction, cancellation))
        {
            string subject = one.Person is null ? "sign-in" : People.Person.Streams.StreamId(one.Person);
            await bus.PublishAsync(
                new SignInFailed(one.Person, one.Cause, one.Network, one.Count, one.FirstAt, one.LastAt),
                new PublishOptions(subject, Guid.CreateVersion7(Clock.GetUtcNow())), transaction, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return false;
    }
}
