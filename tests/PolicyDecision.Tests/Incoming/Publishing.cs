using AccessGov.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.Incoming;

/// <summary>Publishes what IdentityFederation says of a person, as it does: in a transaction, in the order of the person's stream.</summary>
internal static class Publishing
{
    public static async Task TellAsync(this PolicyDecisionHost host, string user, object message)
    {
        await using NpgsqlConnection connection = await host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await host.Services.GetRequiredService<IMessageBus>().PublishAsync(
            message, new PublishOptions($"person-{user}", Guid.NewGuid()), transaction, CancellationToken.None);
        await transaction.CommitAsync();
    }
}
