using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Audit.Tests.Trail;

public sealed class SequencerTests
{
    [Fact]
    public async Task Events_become_leaves_that_can_be_verified_with_files_alone()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        for (int batch = 0; batch < 7; batch++)
        {
            await host.Intake.AcceptAsync(
                "pacs", [.. Enumerable.Range(0, 100).Select(i => Records.View($"p-{i % 9}", id: $"e-{batch}-{i}"))],
                CancellationToken.None);
        }

        IReadOnlyList<JsonNode> leaves = await PublishedTrail.HasAsync(host, 700);
        PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();
        leaves.Count.ShouldBe(700);
        leaves.Select(leaf => (string?)leaf["event_id"]).Distinct().Count().ShouldBe(700);
        leaves[3].ToJsonString().ShouldNotContain("p-3");
        leaves.Select(leaf => (string?)leaf["object"]!["patient_token"]).Distinct().Count().ShouldBe(9);
        ((string?)leaves[0]["ts"]).ShouldBe("2026-11-27T18:00:00.000000+01:00");
    }

    [Fact]
    public async Task An_event_that_is_sent_again_counts_once_and_another_one_under_its_id_is_another()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        AuditRecord record = Records.View(id: "once");
        await host.Intake.AcceptAsync("pacs", [record, record], CancellationToken.None);
        await PublishedTrail.HasAsync(host, 1);
        await host.Intake.AcceptAsync("pacs", [record], CancellationToken.None);
        await host.Intake.AcceptAsync(
            "pacs", [record with { Outcome = AuditOutcomes.Denied }, Records.View(id: "last")], CancellationToken.None);

        IReadOnlyList<JsonNode> leaves = await PublishedTrail.HasAsync(host, 3);
        leaves.Select(leaf => ((string?)leaf["event_id"], (string?)leaf["outcome"]))
            .ShouldBe([("once", "success"), ("once", "denied"), ("last", "success")], ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_committed_is_not_written_again_after_a_restart()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await host.AddAsync([.. Enumerable.Range(0, 300).Select(_ => Records.View())]);
        string tile = Path.Combine(host.TrailDirectory, "tile/1/000.p/1");
        var longAgo = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await using AuditHost again = await host.AgainAsync(() => File.SetLastWriteTimeUtc(tile, longAgo));
        await again.AddAsync(Records.View());
        File.GetLastWriteTimeUtc(tile).ShouldBe(longAgo);
        PublishedTrail.FirstFault(again.TrailDirectory).ShouldBeNull();
    }

    [Fact]
    public async Task After_a_restart_the_trail_goes_on_where_it_was()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await host.Intake.AcceptAsync("pacs", [.. Enumerable.Range(0, 300).Select(_ => Records.View())], CancellationToken.None);
        await PublishedTrail.HasAsync(host, 300);
        Checkpoint before = PublishedTrail.CheckpointOf(host.TrailDirectory);
        await using (AuditHost again = await host.AgainAsync())
        {
            await again.Intake.AcceptAsync("pacs", [.. Enumerable.Range(0, 300).Select(_ => Records.View())], CancellationToken.None);
            await PublishedTrail.HasAsync(again, 600);
        }

        PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();
        Checkpoint after = PublishedTrail.CheckpointOf(host.TrailDirectory);
        MerkleProof.ShowsConsistency(before.Size, after.Size,
            new TileTree(new TileDirectory(host.TrailDirectory), after.Size).ConsistencyProof(before.Size).AsSpan(),
            before.Root, after.Root).ShouldBeTrue();
    }

    [Fact]
    public async Task Two_processes_write_one_trail()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await using AuditHost beside = await host.BesideAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            (i % 2 == 0 ? host : beside).Intake.AcceptAsync(
                "pacs", [.. Enumerable.Range(0, 20).Select(_ => Records.View())], CancellationToken.None)));
        await PublishedTrail.HasAsync(host, 400);
        PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();
        new[] { host, beside }.Count(one => one.Services.GetRequiredService<TrailState>().Leads).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_long_lies_in_a_file_of_its_own_and_the_leaf_names_its_hash()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        JsonElement details = JsonSerializer.SerializeToElement(new { report = new string('x', 100_000) });
        await host.Intake.AcceptAsync("pacs", [Records.View() with { PatientDetails = details }], CancellationToken.None);

        JsonNode field = (await PublishedTrail.HasAsync(host, 1))[0]["sealed"]![0]!;
        string blob = (string)field["blob"]!;
        byte[] stored = await File.ReadAllBytesAsync(TrailWriter.BlobPath(host.TrailDirectory, blob));
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(stored)).ShouldBe(blob);
        field["ct"].ShouldBeNull();
    }

    [Theory]
    [InlineData("tile/entries/000.p/5")]
    [InlineData("tile/0/000.p/5")]
    [InlineData("checkpoint")]
    public async Task A_trail_that_somebody_changed_is_not_added_to(string file)
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await host.Intake.AcceptAsync("pacs", [.. Enumerable.Range(0, 5).Select(_ => Records.View())], CancellationToken.None);
        await PublishedTrail.HasAsync(host, 5);
        await using AuditHost again = await host.AgainAsync(() =>
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(host.TrailDirectory, file));
            bytes[^9] ^= 1;
            File.WriteAllBytes(Path.Combine(host.TrailDirectory, file), bytes);
        });
        await again.Intake.AcceptAsync("pacs", [Records.View()], CancellationToken.None);

        await Eventually.HoldsAsync(() => again.Services.GetRequiredService<TrailState>().Damaged, "the damage is found");
        using HttpResponseMessage health = await again.Client.GetAsync("/health/ready");
        ((string?)JsonNode.Parse(await health.Content.ReadAsStringAsync())!["checks"]!["trail"]!["status"]).ShouldBe("unhealthy");
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_kept_apart_and_holds_up_nobody()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(host.Superuser);
        await using (NpgsqlCommand spoil = superuser.CreateCommand(
            "insert into trail.intake (source, received_at, events, may_repeat, body) values ('x', now(), 1, true, 'garbage')"))
        {
            await spoil.ExecuteNonQueryAsync();
        }

        await host.Intake.AcceptAsync("pacs", [Records.View(id: "after")], CancellationToken.None);

        IReadOnlyList<JsonNode> leaves = await PublishedTrail.HasAsync(host, 2);
        leaves.Select(leaf => (string?)leaf["kind"]).ShouldBe(["intake.unreadable", "decision"], ignoreOrder: true);
        await using NpgsqlCommand kept = superuser.CreateCommand("select count(*) from trail.intake_unreadable where body = 'garbage'");
        (await kept.ExecuteScalarAsync()).ShouldBe(1L);
    }

    [Fact]
    public async Task Another_trail_in_the_place_of_the_one_that_was_signed_is_not_added_to()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await host.Intake.AcceptAsync("pacs", [.. Enumerable.Range(0, 5).Select(_ => Records.View())], CancellationToken.None);
        await PublishedTrail.HasAsync(host, 5);
        byte[] signed = await File.ReadAllBytesAsync(Path.Combine(host.TrailDirectory, "checkpoint"));
        await using AuditHost again = await host.AgainAsync(() => PutAnotherTrail(host, signed));

        await Eventually.HoldsAsync(() => again.Services.GetRequiredService<TrailState>().Damaged, "the other trail is found");
    }

    [Fact]
    public async Task A_leaf_that_somebody_changed_is_neither_served_nor_proven_and_health_says_so()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await host.AddAsync([.. Enumerable.Range(0, 300).Select(_ => Records.View())]);
        string bundle = Path.Combine(host.TrailDirectory, "tile/entries/000");
        byte[] signed = await File.ReadAllBytesAsync(bundle), changed = [.. signed];
        changed[^9] ^= 1;
        await File.WriteAllBytesAsync(bundle, changed);

        (await host.SeeAsync("/trail/entries/254")).Status.ShouldBe(200);
        foreach (string path in new[] { "/trail/entries/255", "/trail/entries/255/proof" })
        {
            (int status, string code, _) = await host.SeeAsync(path);
            (status, code).ShouldBe((503, "trail_unavailable"), path);
        }

        JsonNode health = await HealthAsync();
        ((string?)health["status"], (long?)health["data"]!["changedLeaf"]).ShouldBe(("degraded", 255));
        await File.WriteAllBytesAsync(bundle, signed);
        ((string?)(await HealthAsync())["status"]).ShouldBe("healthy");

        async Task<JsonNode> HealthAsync()
        {
            using HttpResponseMessage answer = await host.Client.GetAsync("/health/ready");
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["trail"]!;
        }
    }

    [Fact]
    public async Task What_comes_after_a_later_leaf_has_the_years_of_its_leaf()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(clock: clock);
        TimeSpan ahead = TimeSpan.FromDays(400);
        clock.Advance(ahead);
        int year = clock.GetUtcNow().Year;
        await host.AddAsync(Records.View());
        clock.Advance(-ahead);
        await host.AddAsync(Records.View("p-2") with { Kind = "late" });
        host.Leaves().Select(leaf => ((string)leaf["recv_ts"]!)[..4]).ShouldAllBe(received => received == $"{year}");
        (await host.AskAsync<string>("select string_agg(distinct year::text, ' ') from trail.class_year")).ShouldBe($"{year}");
        (await host.AskAsync<string>("select string_agg(distinct year::text, ' ') from trail.data_key")).ShouldBe($"{year}");
    }

    [Fact]
    public async Task Less_than_was_signed_is_never_signed()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await host.AddAsync([.. Enumerable.Range(0, 3).Select(_ => Records.View())]);
        (string Path, byte[] Content)[] earlier = [.. new[] { "tile/entries/000.p/3", "tile/0/000.p/3" }
            .Select(file => Path.Combine(host.TrailDirectory, file)).Select(path => (path, File.ReadAllBytes(path)))];
        await host.ExecuteAsync("create table trail.earlier as select * from trail.head");
        await host.AddAsync(Records.View(), Records.View());
        string checkpoint = Path.Combine(host.TrailDirectory, "checkpoint");
        byte[] signed = await File.ReadAllBytesAsync(checkpoint);

        // The database and the files of an earlier time, whole in themselves, beside what was signed since.
        await host.ExecuteAsync(
            """
            update trail.head h set size = e.size, root = e.root, previous = e.previous, received_at = e.received_at
            from trail.earlier e
            """);
        await using AuditHost again = await host.AgainAsync(() =>
            Array.ForEach(earlier, file => File.WriteAllBytes(file.Path, file.Content)));

        TrailState state = again.Services.GetRequiredService<TrailState>();
        await Eventually.HoldsAsync(() => state.Damaged || state.Leads, "it is decided whether the trail goes on");
        (state.Damaged, state.Leads).ShouldBe((true, false));
        (await File.ReadAllBytesAsync(checkpoint)).ShouldBe(signed);
    }

    /// <summary>A longer trail of the same keys, with its head in the database, under the checkpoint of the first one.</summary>
    private static void PutAnotherTrail(AuditHost host, byte[] signed)
    {
        byte[][] entries = [.. Enumerable.Range(0, 9).Select(i => System.Text.Encoding.UTF8.GetBytes($"{{\"other\":{i}}}"))];
        Directory.Delete(Path.Combine(host.TrailDirectory, "tile"), recursive: true);
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        Checkpoint other = TrailFiles.Write(
            host.TrailDirectory, entries, NoteSigner.OfEcdsa(AuditHost.Origin, key.ExportPkcs8PrivateKey()));
        File.WriteAllBytes(Path.Combine(host.TrailDirectory, "checkpoint"), signed);
        byte[] root = new byte[TreeHash.Length];
        other.Root.CopyTo(root);
        using NpgsqlDataSource superuser = NpgsqlDataSource.Create(host.Superuser);
        using NpgsqlCommand head = superuser.CreateCommand("update trail.head set size = 9, root = $1, previous = sha256($2)");
        head.Parameters.AddWithValue(root);
        head.Parameters.AddWithValue(entries[^1]);
        head.ExecuteNonQuery();
    }
}
