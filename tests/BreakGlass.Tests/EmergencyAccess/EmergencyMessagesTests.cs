using AccessGov.Contracts.BreakGlass.V1;
using AccessGov.Messaging;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Decisions = AccessGov.Contracts.PolicyDecision.V1;
using Identity = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.BreakGlass.Tests.EmergencyAccess;

/// <summary>What other services say of emergency access, and what they are told.</summary>
public sealed class EmergencyMessagesTests(BreakGlassHost host) : IClassFixture<BreakGlassHost>
{
    [Fact]
    public async Task Whoever_leaves_or_is_suspended_has_no_emergency_access_any_more()
    {
        string left = await host.InvokeAsync("leaver", "p-left"), suspended = await host.InvokeAsync("kept-out", "p-suspended");
        await TellAsync(new Identity.UserDeprovisioned("leaver", "left", null, DateTimeOffset.UtcNow), "person-leaver");
        await TellAsync(new Identity.UserSuspended("kept-out", "alert", null, DateTimeOffset.UtcNow), "person-kept-out");
        await CauseAsync(left, "deprovisioned");
        await CauseAsync(suspended, "suspended");
    }

    [Fact]
    public async Task What_PolicyDecision_cannot_give_is_over()
    {
        string id = await host.InvokeAsync("ada", "p-refused");
        await TellAsync(
            new Decisions.EmergencyGrantRefused(
                id, "role_not_for_emergencies", "The role is not taken in an emergency (any more).", DateTimeOffset.UtcNow),
            $"grant-{id}");
        await CauseAsync(id, "refused");
    }

    [Fact]
    public async Task Each_step_is_told_once()
    {
        await using (var connection = new NpgsqlConnection(host.Superuser))
        {
            await connection.OpenAsync();
            await using var subscribe = new NpgsqlCommand(
                "insert into bus.queue (name, role) values ('listener', current_user); "
                + "insert into bus.subscription (queue, message) select 'listener', "
                + $"unnest(array['{EmergencyAccessInvoked.MessageName}', '{EmergencyAccessEnded.MessageName}'])",
                connection);
            await subscribe.ExecuteNonQueryAsync();
        }

        string id = await host.InvokeAsync("ada", "p-told");
        (await host.PostAsync($"/emergency-access/{id}/end", "ada")).Dispose();
        await Eventually.HoldsAsync(async () => (await HeardAsync(id)).Count >= 2, "both are told");
        (await HeardAsync(id)).ShouldBe([EmergencyAccessInvoked.MessageName, EmergencyAccessEnded.MessageName]);
    }

    private async Task<List<string>> HeardAsync(string id)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var heard = new NpgsqlCommand(
            "select type from bus.message where queue = 'listener' and data ->> 'caseId' = $1 order by position",
            connection) { Parameters = { new() { Value = id } } };
        return [.. await ReadModelRows.ReadAsync(heard, row => row.GetString(0), CancellationToken.None)];
    }

    private Task CauseAsync(string id, string cause) => Eventually.HoldsAsync(
        async () => (await host.GetAsync($"/emergency-cases/{id}", "eva"))["history"]!.AsArray()
            .Last()!["data"]!["cause"]?.GetValue<string>() == cause,
        $"it has ended: {cause}");

    /// <summary>Publishes what another service says, as it does: in a transaction, in the order of its stream.</summary>
    private async Task TellAsync(object message, string subject)
    {
        await using NpgsqlConnection connection = await host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await host.Services.GetRequiredService<IMessageBus>().PublishAsync(
            message, new PublishOptions(subject, Guid.NewGuid()), transaction, CancellationToken.None);
        await transaction.CommitAsync();
    }
}
