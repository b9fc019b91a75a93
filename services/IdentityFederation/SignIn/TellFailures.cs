using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// Publishes failed sign-ins, counted: what is taken and what is told commit together. All replicas do; each row is one's.
/// </summary>
internal sealed class TellFailures(
    NpgsqlDataSource database, IEventStore store, SignInFailures failed, IMessageBus bus, WorkerStates states, TimeProvider clock,
    ILogger<TellFailures> logger)
    : BackgroundService
{
    private const string Worker = "sign-in-failures";
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    private readonly FailureLog failures = new(clock, logger);

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
                await TellAsync(stoppingToken);
                states.Works(Worker);
                failures.Over();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                states.Fails(Worker, e);
                failures.Outage("Failed sign-ins cannot be told, it is tried again until they can", e.Message, e);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await Task.Delay(BetweenLooks, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        foreach (SignInFailures.Counted one in await failed.TakeAsync(transaction, cancellation))
        {
            string subject = one.Person is null ? "sign-in" : People.Person.Streams.StreamId(one.Person);
            await bus.PublishAsync(
                new SignInFailed(one.Person, one.Cause, one.Network, one.Count, one.FirstAt, one.LastAt),
                new PublishOptions(subject, Guid.CreateVersion7(clock.GetUtcNow())), transaction, cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }
}
