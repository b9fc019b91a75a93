using AccessGov.Audit.Trail;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Audit.Tests.Trail;

/// <summary>Who does not lead any more adds nothing, whatever they still believe.</summary>
public sealed class FenceTests
{
    [Fact]
    public async Task Whoever_led_before_moves_the_head_no_more_and_whoever_leads_from_nowhere_else()
    {
        string superuser = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await AuditDatabase.CreateAsync(superuser);
        await using NpgsqlDataSource seal = NpgsqlDataSource.Create(AuditDatabase.ConnectionOf(superuser, "audit_seal"));
        await using NpgsqlConnection first = await seal.OpenConnectionAsync(), second = await seal.OpenConnectionAsync();
        (TrailHead head, long old) = await TrailHead.TakeOverAsync(first, CancellationToken.None);
        (_, long current) = await TrailHead.TakeOverAsync(second, CancellationToken.None);
        TrailHead next = head with { Size = 5, ReceivedAt = Records.At.ToUniversalTime() };

        await Should.ThrowAsync<TrailLostException>(() => MoveAsync(first, head, next, old));
        await Should.ThrowAsync<TrailLostException>(() => MoveAsync(second, head with { Size = 3 }, next, current));
        await MoveAsync(second, head, next, current);
        (await TrailHead.TakeOverAsync(first, CancellationToken.None)).Head.Size.ShouldBe(5);
    }

    [Fact]
    public async Task Events_that_a_lost_leader_took_get_their_places_once_from_the_next()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await host.AddAsync(Records.View());
        var database = host.Services.GetRequiredService<TrailDatabase>();
        await using (NpgsqlConnection other = await database.Seal.OpenConnectionAsync())
        {
            await TrailHead.TakeOverAsync(other, CancellationToken.None);
        }

        await host.AddAsync([.. Enumerable.Range(0, 20).Select(_ => Records.View())]);
        host.Leaves().Select(leaf => (long)leaf["seq"]!).ShouldBe(Enumerable.Range(0, 21).Select(number => (long)number));
        (await host.AskAsync<long>("select fence from trail.head")).ShouldBe(3, "it took over again before it added anything");
        PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();
    }

    private static async Task MoveAsync(NpgsqlConnection connection, TrailHead head, TrailHead next, long fence)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await head.MoveAsync(next, fence, transaction, CancellationToken.None);
        await transaction.CommitAsync();
    }
}
