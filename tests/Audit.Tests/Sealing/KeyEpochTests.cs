using System.Diagnostics;
using System.Text.Json.Nodes;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Audit.Tests.Sealing;

public sealed class KeyEpochTests
{
    private static readonly Dictionary<string, string?> Never = new(StringComparer.Ordinal)
    {
        ["Audit:Retention:WorkEvery"] = "01:00:00", ["Audit:Retention:LookEvery"] = "1.00:00:00",
    };

    [Fact]
    public async Task A_new_epoch_takes_over_what_lives_and_the_former_is_destroyed_after_the_horizon()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Never, clock: clock);
        var epochs = host.Services.GetRequiredService<KeyEpochs>();
        await epochs.AdvanceAsync(CancellationToken.None);
        long[] sequences = await host.AddAsync([.. Enumerable.Range(0, 1200).Select(i => Records.View($"p-{i}"))]);
        (await host.DoAsync("karl", "/key-epochs", new { reason = "A laptop was lost" })).Status.ShouldBe(201);
        string file = Path.Combine(host.Folder, "epochs", "2");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        long later = (await host.AddAsync(Records.View("p-later")))[0];
        (await host.AskAsync<long>("select count(*) from trail.data_key where epoch = 2")).ShouldBeGreaterThan(0);

        await epochs.AdvanceAsync(CancellationToken.None);
        (await host.AskAsync<long>("select count(*) from trail.data_key where epoch <> 2")).ShouldBe(0);
        clock.Advance(TimeSpan.FromDays(34));
        await epochs.AdvanceAsync(CancellationToken.None);
        File.Exists(Path.Combine(host.Folder, "epochs", "1")).ShouldBeTrue();
        clock.Advance(TimeSpan.FromDays(2));
        await epochs.AdvanceAsync(CancellationToken.None);

        File.Exists(Path.Combine(host.Folder, "epochs", "1")).ShouldBeFalse();
        (await host.ToldAsync("KeyEpoch::1", 1)).ShouldBe(["key_epoch.destroyed"]);
        foreach (long sequence in new[] { sequences[0], sequences[^1], later })
        {
            (await host.StatesAsync(sequence)).ShouldBe([FieldState.Opened]);
        }
    }

    [Theory]
    [InlineData("file")]
    [InlineData("rewrap")]
    [InlineData("destroy")]
    public async Task An_interrupted_change_is_finished_by_whoever_comes_next(string interruptedAt)
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Never, clock: clock);
        var epochs = host.Services.GetRequiredService<KeyEpochs>();
        await epochs.AdvanceAsync(CancellationToken.None);
        long sequence = (await host.AddAsync(Records.View(), Records.View("p-2")))[0];
        host.Services.GetRequiredService<KeyEncryptionKeys>().Make(2);
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(host.Superuser);
        if (interruptedAt != "file")
        {
            await epochs.AdvanceAsync(CancellationToken.None);
        }

        if (interruptedAt == "rewrap")
        {
            // One key is where it was: wrapped under the former epoch.
            string keyId = await host.AskAsync<string>("select kid from trail.data_key limit 1");
            var files = host.Services.GetRequiredService<KeyEncryptionKeys>();
            byte[] key = files.Unwrap(2, keyId, await host.AskAsync<byte[]>($"select wrapped from trail.data_key where kid = '{keyId}'"))!;
            await using NpgsqlCommand back = superuser.CreateCommand("update trail.data_key set epoch = 1, wrapped = $1 where kid = $2");
            back.Parameters.Add(new() { Value = files.Wrap(1, keyId, key) });
            back.Parameters.Add(new() { Value = keyId });
            await back.ExecuteNonQueryAsync();
        }

        clock.Advance(TimeSpan.FromDays(29));
        if (interruptedAt == "destroy")
        {
            await using NpgsqlCommand mark = superuser.CreateCommand("update trail.key_epoch set destroyed_at = now() where epoch = 1");
            await mark.ExecuteNonQueryAsync();
        }

        await using AuditHost next = await host.BesideAsync();
        await Eventually.HoldsAsync(
            async () => await host.AskAsync<long>("select count(*) from trail.data_key where epoch = 1") == 0
                && await host.AskAsync<long>("select count(*) from trail.key_epoch where epoch = 1 and retired_at is not null") == 1
                && File.Exists(Path.Combine(host.Folder, "epochs", "1")) == (interruptedAt != "destroy"),
            "the change is finished");
        (await next.StatesAsync(sequence)).ShouldBe([FieldState.Opened]);
    }

    [Fact]
    [Trait("Requirement", "S59")]
    public async Task What_was_shredded_does_not_come_back_from_an_old_backup()
    {
        var clock = new ShiftedClock();
        Dictionary<string, string?> quick = new(StringComparer.Ordinal)
        {
            ["Audit:Retention:WorkEvery"] = "00:00:00.100", ["Audit:Retention:LookEvery"] = "1.00:00:00",
        };
        await using AuditHost host = await AuditHost.StartAsync(settings: quick, clock: clock);
        long[] sequences = await host.AddAsync(Records.View("p-gone"), Records.View("p-stays"));
        string dump = Path.Combine(host.Folder, "dump.sql");
        await PostgresToolAsync("pg_dump", host.Superuser, "--schema=trail", "-f", dump);
        await host.IsAsync(
            await host.ShredAsync(new { patient = "p-gone", ground = "test_data", basis = "none", exception = "x" }), "done");
        byte[] formerKey = await File.ReadAllBytesAsync(Path.Combine(host.Folder, "epochs", "1"));
        (await host.DoAsync("karl", "/key-epochs", new { reason = "Monthly" })).Status.ShouldBe(201);
        var epochs = host.Services.GetRequiredService<KeyEpochs>();
        await epochs.AdvanceAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromDays(29));
        await epochs.AdvanceAsync(CancellationToken.None);

        string restored = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await PostgresToolAsync("psql", restored, "-q", "-v", "ON_ERROR_STOP=1", "-f", dump);
        FieldState Opens(long sequence) => OpenFromAsync(host, restored, sequence).GetAwaiter().GetResult();

        // Within the horizon a backup is of use: it opens. After it nothing opens what it has.
        Opens(sequences[0]).ShouldBe(FieldState.Opened);
        clock.Advance(TimeSpan.FromDays(7));
        await epochs.AdvanceAsync(CancellationToken.None);
        File.Exists(Path.Combine(host.Folder, "epochs", "1")).ShouldBeFalse();
        Opens(sequences[0]).ShouldBe(FieldState.KeyLost);
        await File.WriteAllBytesAsync(Path.Combine(host.Folder, "epochs", "1"), formerKey);
        Opens(sequences[0]).ShouldBe(FieldState.Opened);
        File.Delete(Path.Combine(host.Folder, "epochs", "1"));
        (await host.StatesAsync(sequences[0])).ShouldBe([FieldState.Shredded]);
        (await host.StatesAsync(sequences[1])).ShouldBe([FieldState.Opened]);
        (await host.AskAsync<long>("select count(*) from trail.data_key")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_reason_that_nobody_can_read_is_told_and_holds_up_no_epoch()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Never, clock: clock);
        var epochs = host.Services.GetRequiredService<KeyEpochs>();
        await epochs.AdvanceAsync(CancellationToken.None);
        await host.DoAsync("lena", "/legal-holds", new { @class = "access", reason = "Audit" });
        string bad = (string)(await host.DoAsync("lena", "/legal-holds", new { reason = "Lawsuit" })).Body!["id"]!;
        await host.AskAsync<Guid>(
            $"update trail.legal_hold set reason = overlay(reason placing '\\x00'::bytea from 40) where id = '{bad}' returning id");
        (await host.DoAsync("karl", "/key-epochs", new { reason = "Monthly" })).Status.ShouldBe(201);
        await epochs.AdvanceAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromDays(36));
        await epochs.AdvanceAsync(CancellationToken.None);

        File.Exists(Path.Combine(host.Folder, "epochs", "1")).ShouldBeFalse();
        (await host.ToldAsync($"LegalHold::{bad}", 2)).ShouldBe(["hold.placed lena", "reason.unreadable"]);
        JsonNode health = JsonNode.Parse(await host.Client.GetStringAsync("/health/ready"))!["checks"]!["reasons"]!;
        ((string?)health["status"], (long?)health["data"]!["unreadable"]).ShouldBe(("degraded", 1));
        (await host.SeeAsync("/retention")).Body!["holds"]!.AsArray().Select(hold => (string?)hold!["reason"])
            .ShouldBe(["Audit", "(sealed in the trail)"]);
        (await host.DoAsync("lena", $"/legal-holds/{bad}/lift", new { reason = "Settled" })).Status.ShouldBe(204);
        await epochs.AdvanceAsync(CancellationToken.None);
        health = JsonNode.Parse(await host.Client.GetStringAsync("/health/ready"))!["checks"]!["reasons"]!;
        ((string?)health["status"]).ShouldBe("healthy");
    }

    /// <summary>Opens a leaf with the keys of another database and the files that there are.</summary>
    private static async Task<FieldState> OpenFromAsync(AuditHost host, string database, long sequence)
    {
        var options = Microsoft.Extensions.Options.Options.Create(new AuditOptions
        {
            AppendConnectionString = database, SealConnectionString = database, ReadConnectionString = database,
                TrailDirectory = host.TrailDirectory,
        });
        await using var restored = new TrailDatabase(options);
        var files = new KeyEncryptionKeys(Path.Combine(host.Folder, "epochs"));
        var unsealing = new Unsealing(restored, files, new AskedNumbers(new byte[32], files), options);
        ReadOnlyMemory<byte> leaf = host.Services.GetRequiredService<TrailReader>().Leaf(sequence)!.Value;
        return (await unsealing.OpenAsync(TrailEntry.Parse(leaf), CancellationToken.None)).Single().State;
    }

    private static async Task PostgresToolAsync(string tool, string connectionString, params string[] arguments)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        string binaries = Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal)
            .Select(version => Path.Combine(version, "bin")).First(bin => File.Exists(Path.Combine(bin, tool)));
        var start = new ProcessStartInfo(Path.Combine(binaries, tool))
        {
            UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true,
        };
        foreach (string argument in new[] { "-h", server.Host!, "-p", $"{server.Port}", "-U", server.Username!, "-d",
            server.Database! }.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PGPASSWORD"] = server.Password ?? "";
        using Process run = Process.Start(start)!;
        Task<string> output = run.StandardOutput.ReadToEndAsync();
        string errors = await run.StandardError.ReadToEndAsync();
        await output;
        await run.WaitForExitAsync();
        run.ExitCode.ShouldBe(0, errors);
    }
}
