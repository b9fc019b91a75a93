using AccessGov.Audit.Export.Destinations;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Trail;

public sealed class TrailOutageTests
{
    [Fact]
    public async Task Who_asks_for_what_cannot_be_read_is_told_that_the_trail_is_not_available()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await host.AddAsync([.. Enumerable.Range(0, 300).Select(_ => Records.View())]);
        File.Delete(Path.Combine(host.TrailDirectory, "tile/entries/000"));
        (int status, string code, _) = await host.SeeAsync("/trail/entries/7");
        (status, code).ShouldBe((503, "trail_unavailable"));
        (await host.SendAsync(HttpMethod.Get, "/trail/entries/256")).EnsureSuccessStatusCode();
        string checkpoint = Path.Combine(host.TrailDirectory, "checkpoint");
        await File.WriteAllTextAsync(checkpoint, (await File.ReadAllTextAsync(checkpoint)).Replace("\n3", "\n4", StringComparison.Ordinal));
        foreach (string path in new[] { "/trail/checkpoint", "/trail/entries/256", "/trail/entries/256/proof", "/prunings" })
        {
            (status, code, _) = await host.SeeAsync(path);
            (status, code).ShouldBe((503, "trail_unavailable"), path);
        }
    }

    [Fact]
    public async Task A_connection_that_is_held_for_its_lock_says_something_now_and_then()
    {
        await using AuditHost host = await AuditHost.StartAsync(
            settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Audit:LockKeepAlive"] = "00:00:01" });
        var database = host.Services.GetRequiredService<TrailDatabase>();
        await using ExportPosition position = (await ExportPosition.TakeAsync(database, "siem", 0, CancellationToken.None))!;
        const string Heard =
            """
            select a.state_change from pg_stat_activity a join pg_locks l on l.pid = a.pid where l.locktype = 'advisory'
            and l.classid::bigint = (hashtext('trail export')::bigint & 4294967295) and a.datname = current_database()
            """;
        DateTime taken = await host.AskAsync<DateTime>(Heard);
        await Eventually.HoldsAsync(async () => await host.AskAsync<DateTime>(Heard) > taken, "it is heard of again");
    }

    [Fact]
    public async Task A_lock_ends_with_whoever_had_it()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        var database = host.Services.GetRequiredService<TrailDatabase>();
        const string Locks =
            """
            select count(*) from pg_locks where locktype = 'advisory'
            and database = (select oid from pg_database where datname = current_database())
            """;
        await Eventually.HoldsAsync(async () => await host.AskAsync<long>(Locks) == 1, "one leads");
        ExportPosition position = (await ExportPosition.TakeAsync(database, "siem", 0, CancellationToken.None))!;
        (await ExportPosition.TakeAsync(database, "siem", 0, CancellationToken.None)).ShouldBeNull();
        (await host.AskAsync<long>(Locks)).ShouldBe(2);
        await position.DisposeAsync();
        await Eventually.HoldsAsync(async () => await host.AskAsync<long>(Locks) == 1, "the lock is free");
        await using AuditHost next = await host.AgainAsync();
        await next.AddAsync(Records.View());
        (await host.AskAsync<long>(Locks)).ShouldBe(1);
    }
}
