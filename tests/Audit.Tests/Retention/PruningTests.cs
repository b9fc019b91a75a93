using System.Globalization;
using System.Text.Json.Nodes;
using AccessGov.Audit.Retention;
using AccessGov.Audit.Tests.Trail;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Retention;

public sealed class PruningTests(GoVerifier go) : IClassFixture<GoVerifier>
{
    private const int Minimum = 512;

    [Fact]
    public async Task What_has_no_period_any_more_goes_and_what_stays_is_proven_after_a_restart_too()
    {
        await using AuditHost host = await PrunedTrails.StartAsync();

        // The first bundle that stays is full: nothing else shows that it is left alone.
        await host.AddAsync([.. Enumerable.Range(0, 300).Select(_ => Records.View("p-young"))]);
        string kept = Path.Combine(host.Folder, "earlier");
        File.Copy(Path.Combine(host.TrailDirectory, "checkpoint"), kept);
        byte[] proof = await (await host.SendAsync(HttpMethod.Get, $"/trail/entries/{Minimum}/proof")).Content.ReadAsByteArrayAsync();
        string previous = (string)host.Leaves()[Minimum]["prev"]!;
        int first = DateTimeOffset.Parse((string)host.Leaves()[Minimum]["recv_ts"]!, CultureInfo.InvariantCulture).Year;
        await host.ExecuteAsync($"insert into trail.unknown_patient values ('a', 'a', {first - 1}), ('b', 'b', {first})");
        string id = await host.PruningApprovedAsync();
        await host.PruningDoneAsync(id);

        (await host.AskAsync<string>("select string_agg(token, ' ') from trail.unknown_patient")).ShouldBe(
            "b", "readings of who was asked for before are gone");
        (await File.ReadAllTextAsync(Path.Combine(host.TrailDirectory, "minimum-index"))).ShouldBe("512\n");
        foreach (string file in new[] { "tile/entries/000", "tile/entries/001", "tile/0/000", "tile/0/001" })
        {
            File.Exists(Path.Combine(host.TrailDirectory, file)).ShouldBeFalse(file);
        }

        foreach (string file in new[] { "tile/entries/002", "tile/0/002" })
        {
            File.Exists(Path.Combine(host.TrailDirectory, file)).ShouldBeTrue(file);
        }

        JsonNode leaf = host.Leaves().Single(one => (string?)one["kind"] == TrailPruning.Kind);
        JsonNode pruned = leaf["pruned"]!;
        ((long)pruned["minimum"]!, (string)pruned["prev"]!, (string)pruned["first_approver"]!, (string)pruned["second_approver"]!)
            .ShouldBe((Minimum, previous, "anna", "berta"));
        (await host.ToldAsync($"Pruning::{id}", 4)).ShouldBe(
            ["pruning.proposed paul", "pruning.approved anna", "pruning.approved berta", "trail.pruned"]);
        await RefusesWhatIsGoneAsync(host);

        await using AuditHost again = await host.AgainAsync();
        await again.AddAsync([.. Enumerable.Range(0, 300).Select(_ => Records.View())]);
        LogProof earlier = LogProof.Parse(proof);
        byte[] bytes = await (await again.SendAsync(HttpMethod.Get, $"/trail/entries/{Minimum}")).Content.ReadAsByteArrayAsync();
        NoteKey key = again.Services.GetRequiredService<CheckpointSigner>().Keys.First();
        earlier.Shows(bytes, AuditHost.Origin, key).ShouldBeTrue();
        LogProof.Parse(await (await again.SendAsync(HttpMethod.Get, $"/trail/entries/{Minimum}/proof")).Content.ReadAsByteArrayAsync())
            .Shows(bytes, AuditHost.Origin, key).ShouldBeTrue();

        // Offline, as an auditor does it.
        await again.DisposeAsync();
        await VerifiesAsync(host.TrailDirectory, key.ToString(), kept);
    }

    [Fact]
    public async Task Whoever_is_interrupted_is_finished_by_the_next()
    {
        await using AuditHost host = await PrunedTrails.StartAsync();
        string id = await host.PruningApprovedAsync();
        string first = Path.Combine(host.TrailDirectory, "tile/entries/000"), second = Path.Combine(host.TrailDirectory, "tile/0/001");
        await host.Services.GetRequiredService<PruningRun>().StepAsync(CancellationToken.None);
        (await host.PruningStateAsync(id)).ShouldBe("recorded");
        File.Exists(first).ShouldBeTrue();

        // In the middle of the files: what stands in the place of one cannot be removed.
        await using AuditHost next = await host.AgainAsync(() =>
        {
            File.Delete(second);
            Directory.CreateDirectory(second);
        });
        await Eventually.HoldsAsync(
            async () =>
            {
                await next.Services.GetRequiredService<PruningRun>().StepAsync(CancellationToken.None);
                return !File.Exists(first);
            },
            "files are removed");
        (await next.PruningStateAsync(id)).ShouldBe("recorded");
        JsonNode health = await next.PruningHealthAsync();
        ((string?)health["status"], (long?)health["data"]!["filesLeft"]).ShouldBe(("degraded", 1));
        await RefusesWhatIsGoneAsync(next);

        await using AuditHost last = await next.AgainAsync(() => Directory.Delete(second));
        await last.PruningDoneAsync(id);
        ((string?)(await last.PruningHealthAsync())["status"]).ShouldBe("healthy");
        PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();
        last.Leaves().Count(one => (string?)one["kind"] == TrailPruning.Kind).ShouldBe(1);
    }

    [ImmutableFact]
    public async Task What_is_immutable_goes_when_a_person_has_released_it()
    {
        await using AuditHost host = await PrunedTrails.StartAsync();
        string id = await host.PruningApprovedAsync();
        (await SealAsync(host)).ShouldBe(0);
        try
        {
            await Eventually.HoldsAsync(
                async () =>
                {
                    await host.Services.GetRequiredService<PruningRun>().StepAsync(CancellationToken.None);
                    return (long?)(await host.PruningHealthAsync())["data"]!["filesLeft"] == 4;
                },
                "the files wait");
            (await SealAsync(host)).ShouldBe(0);
            (await host.PruningStateAsync(id)).ShouldBe("recorded");
            (await SealAsync(host, "--release-pruned")).ShouldBe(0);
            await host.PruningDoneAsync(id);
            PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();
            await host.AddAsync([.. Enumerable.Range(0, 300).Select(_ => Records.View())]);
            (await SealAsync(host)).ShouldBe(0);
            Should.Throw<UnauthorizedAccessException>(() => File.Delete(Path.Combine(host.TrailDirectory, "tile/entries/002")));
        }
        finally
        {
            await SealAsync(host, "--release");
        }
    }

    [Fact]
    public async Task The_search_made_anew_begins_with_what_stays()
    {
        await using AuditHost host = await PrunedTrails.StartAsync();
        await host.PruningDoneAsync(await host.PruningApprovedAsync());
        (await host.AskAsync<long>("select count(*) from trail.entry where seq < 512")).ShouldBe(Minimum);
        JsonArray found = (await host.SeeAsync("/entries?limit=1000")).Body!["entries"]!.AsArray();
        found.Min(one => (long)one!["sequence"]!).ShouldBe(Minimum);

        // Whoever makes it adds nothing meanwhile.
        await host.AskAsync<long>(
            "select size from trail.progress where name = 'search' for update; delete from trail.entry; delete from trail.progress");
        await Eventually.HoldsAsync(
            async () => await host.AskAsync<long>("select coalesce(min(seq), -1) from trail.entry") == Minimum, "it begins there");
    }

    [Fact]
    public async Task A_hold_after_the_approval_stops_it()
    {
        await using AuditHost host = await PrunedTrails.StartAsync();
        string id = await host.PruningApprovedAsync();
        (await host.DoAsync("lena", "/legal-holds", new { reason = "Lawsuit" })).Status.ShouldBe(201);
        await host.Services.GetRequiredService<PruningRun>().StepAsync(CancellationToken.None);
        (await host.PruningStateAsync(id)).ShouldBe("stopped");
        File.Exists(Path.Combine(host.TrailDirectory, "tile/entries/000")).ShouldBeTrue();
        (await host.ToldAsync($"Pruning::{id}", 4))[^1].ShouldBe("pruning.stopped");
        (await host.DoAsync("paul", "/prunings", new { basis = "x" })).Code.ShouldBe("nothing_to_prune");
    }

    [Fact]
    public async Task What_cannot_be_proposed_or_decided_is_refused()
    {
        await using AuditHost host = await AuditHost.StartAsync(settings: PrunedTrails.Never);
        await host.AddAsync(Records.View());
        (await host.DoAsync("paul", "/prunings", new { })).Code.ShouldBe("basis_malformed");
        (await host.DoAsync("paul", "/prunings", new { basis = "x" })).Code.ShouldBe("nothing_to_prune");
        (int status, string code, _) = await host.DoAsync("paul", $"/prunings/{Guid.NewGuid()}/approve", new { });
        (status, code).ShouldBe((404, "pruning_unknown"));
        await using AuditHost ready = await PrunedTrails.StartAsync();
        string id = await ready.PruningProposedAsync();
        (await ready.DoAsync("paul", "/prunings", new { basis = "x" })).Code.ShouldBe("already_proposed");
        (await ready.DoAsync("paul", $"/prunings/{id}/approve", new { })).Code.ShouldBe("self_approval");
        (await ready.DoAsync("anna", $"/prunings/{id}/approve", new { })).Status.ShouldBe(204);
        (await ready.DoAsync("anna", $"/prunings/{id}/approve", new { })).Code.ShouldBe("already_approved");
        (await ready.DoAsync("anna", $"/prunings/{id}/deny", new { })).Code.ShouldBe("reason_malformed");
        (await ready.DoAsync("anna", $"/prunings/{id}/deny", new { reason = "Wait" })).Status.ShouldBe(204);
        (await ready.DoAsync("berta", $"/prunings/{id}/approve", new { })).Code.ShouldBe("already_decided");
    }

    [Fact]
    public async Task Nothing_goes_that_a_copy_has_not_got_and_a_new_copy_begins_with_what_stays()
    {
        using var folder = new TemporaryFolder();
        await using AuditHost host = await PrunedTrails.StartAsync(new(PrunedTrails.Never, StringComparer.Ordinal)
        {
            ["Audit:Copies:nas:Directory"] = Path.Combine(folder.Path, "away"), ["Audit:Copies:nas:Interval"] = "00:00:00.100",
        });
        (await host.DoAsync("paul", "/prunings", new { basis = "x" })).Code.ShouldBe("position_behind");
        ((string?)(await host.SeeAsync("/prunings")).Body!["refused"]).ShouldBe("position_behind");
        Directory.CreateDirectory(Path.Combine(folder.Path, "away"));
        await Eventually.HoldsAsync(
            async () => (await host.SeeAsync("/prunings")).Body!["refused"] is null, "the copy has come so far");
        await host.PruningDoneAsync(await host.PruningApprovedAsync());
        string anew = Directory.CreateDirectory(Path.Combine(folder.Path, "new")).FullName;
        await using AuditHost again = await host.AgainAsync(
            settings: [("Audit:Copies:anew:Directory", anew), ("Audit:Copies:anew:Interval", "00:00:00.100")]);
        await Eventually.HoldsAsync(() => File.Exists(Path.Combine(anew, "checkpoint")), "the new copy is there");
        PublishedTrail.FirstFault(anew).ShouldBeNull();
        File.Exists(Path.Combine(folder.Path, "away", "tile/entries/000")).ShouldBeTrue();
    }

    private static async Task RefusesWhatIsGoneAsync(AuditHost host)
    {
        foreach (string path in new[] { "/trail/entries/511", "/trail/entries/511/proof" })
        {
            (int status, string code, _) = await host.SeeAsync(path);
            (status, code).ShouldBe((410, "entry_pruned"), path);
        }

        (await host.DoAsync("ute", "/entries/7/unseal", new { reason = "x" })).Code.ShouldBe("entry_pruned");
        (await host.DoAsync("ute", "/unseal-requests", new { sequences = new[] { 600, 511 }, reason = "x" })).Code.ShouldBe("entry_pruned");
        (await host.SeeAsync("/trail/tile/entries/001")).Code.ShouldBe("tile_unknown");
        (await host.SendAsync(HttpMethod.Get, $"/trail/entries/{Minimum}")).EnsureSuccessStatusCode();
    }

    /// <summary>Our verifier, as it was built with this test.</summary>
    private static string CommandLine => Path.Combine(
        Path.GetDirectoryName(ChildProcess.AssemblyOf("services/Cli", "Cli"))!, "accessgov.dll");

    private async Task VerifiesAsync(string directory, string key, string earlier)
    {
        PublishedTrail.FirstFault(directory).ShouldBeNull();
        (int status, string output) = await go.VerifyAsync(directory, key, earlier);
        (status, output.EndsWith("from 512 on", StringComparison.Ordinal)).ShouldBe((0, true), output);
        await using var ours = new ChildProcess(
            "dotnet", [CommandLine, "audit", "verify", directory, "--key", key,
                "--earlier", earlier]);
        (await ours.ExitCodeAsync(Eventually.Bound)).ShouldBe(0, ours.Output);
        ours.Output.ShouldContain("leaves below 512 were pruned");
    }

    private static async Task<int> SealAsync(AuditHost host, params string[] more)
    {
        await using var process = new ChildProcess(WorkingCopy.PathOf("deploy", "seal-trail"), [host.TrailDirectory, .. more]);
        return await process.ExitCodeAsync(Eventually.Bound);
    }
}
