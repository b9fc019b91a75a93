using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Tests.Retention;
using AccessGov.Audit.Tests.Trail;
using AccessGov.Audit.Trail;
using AccessGov.Audit.Verification;
using AccessGov.Testing;
using AccessGov.TransparencyLog;
using static AccessGov.Audit.Tests.Verification.VerifiedTrails;

namespace AccessGov.Audit.Tests.Verification;

/// <summary>What the service finds in its own trail where more is wrong than a leaf.</summary>
public sealed class VerificationFindingsTests
{
    private const int Bundle = 256;

    [Fact]
    public async Task A_trail_that_was_pruned_is_verified_from_its_beginning_and_one_that_no_leaf_tells_of_is_found()
    {
        var clock = new ShiftedClock();
        Dictionary<string, string?> settings = new(Daily, StringComparer.Ordinal);
        PrunedTrails.Never.ToList().ForEach(setting => settings[setting.Key] = setting.Value);
        await using AuditHost host = await PrunedTrails.StartAsync(settings, clock);
        string[] second = ["tile/entries/001", "tile/0/001"];
        byte[][] kept = [.. second.Select(file => File.ReadAllBytes(Path.Combine(host.TrailDirectory, file)))];
        await host.PruningDoneAsync(await host.PruningApprovedAsync());
        await NextDayAsync(host, clock);
        (await FoundAsync(host)).ShouldBe((null, null));
        ((string?)(await HealthAsync(host))["status"]).ShouldBe("healthy");

        // Somebody gives back a bundle: the leaves before it are missing, and nobody has said so.
        for (int i = 0; i < second.Length; i++)
        {
            await File.WriteAllBytesAsync(Path.Combine(host.TrailDirectory, second[i]), kept[i]);
        }

        await File.WriteAllTextAsync(Path.Combine(host.TrailDirectory, "minimum-index"), "256\n");
        clock.Advance(TimeSpan.FromDays(6));
        await NextDayAsync(host, clock);
        (await FoundAsync(host)).ShouldBe(("pruning_unproven", Bundle));
    }

    [Theory]
    [InlineData("minimum-index", "much\n", "trail_unreadable")]
    [InlineData("checkpoint", "no checkpoint\n", "signature_missing")]
    public async Task A_file_that_says_nothing_is_found(string file, string text, string code)
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await host.AddAsync(Records.View());
        await NextDayAsync(host, clock);
        await File.WriteAllTextAsync(Path.Combine(host.TrailDirectory, file), text);
        await NextDayAsync(host, clock);
        (await FoundAsync(host)).ShouldBe((code, null));
    }

    [Fact]
    public async Task A_checkpoint_that_somebody_else_signed_is_found()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await host.AddAsync(Records.View());
        await NextDayAsync(host, clock);
        byte[][] leaves = [.. PublishedTrail.Leaves(host.TrailDirectory).Select(leaf => leaf.ToArray())];
        byte[] seed = new byte[32];
        seed[0] = 1;
        TrailFiles.Write(host.TrailDirectory, leaves, NoteSigner.OfEd25519(AuditHost.Origin, seed));
        await NextDayAsync(host, clock);
        (await FoundAsync(host)).ShouldBe(("signature_missing", null));
    }

    [Fact]
    public async Task A_leaf_that_does_not_follow_the_last_one_of_the_bundle_before_is_found()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await host.AddAsync([.. Enumerable.Range(0, Bundle).Select(_ => Records.View())]);
        await NextDayAsync(host, clock);
        byte[][] leaves = [.. PublishedTrail.Leaves(host.TrailDirectory).Select(leaf => leaf.ToArray())];
        JsonNode last = JsonNode.Parse(leaves[^1])!;
        string forged = Encoding.UTF8.GetString(leaves[^1])
            .Replace($"\"seq\":{Bundle - 1},", $"\"seq\":{Bundle},", StringComparison.Ordinal)
            .Replace((string)last["event_id"]!, Guid.NewGuid().ToString(), StringComparison.Ordinal);
        TrailFiles.Write(host.TrailDirectory, [.. leaves, Encoding.UTF8.GetBytes(forged)], Signers(host));
        await NextDayAsync(host, clock);
        (await FoundAsync(host)).ShouldBe(("chain_broken", Bundle));
    }

    [Fact]
    public async Task A_missing_file_of_an_earlier_leaf_is_named_before_what_else_is_found()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        File.Delete(await LongFieldAsync(host));
        await host.AddAsync([.. Enumerable.Range(0, 10).Select(_ => Records.View())]);
        string bundle = Path.Combine(host.TrailDirectory, "tile/entries/000.p/11");
        byte[] bytes = await File.ReadAllBytesAsync(bundle);
        bytes[^3] ^= 1;
        await File.WriteAllBytesAsync(bundle, bytes);
        await NextDayAsync(host, clock);
        (await FoundAsync(host)).ShouldBe(("blob_missing", 0));
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_a_file_holds_nobody_up()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        string blob = await LongFieldAsync(host);
        File.Delete(blob);
        using (var made = Process.Start("mkfifo", [blob]))
        {
            await made.WaitForExitAsync();
        }

        await NextDayAsync(host, clock).WaitAsync(2 * Eventually.Bound);
        (await FoundAsync(host)).ShouldBe(("blob_malformed", 0));
    }

    [Fact]
    public async Task One_process_verifies_at_a_time_and_the_other_does_not_wait()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await using AuditHost other = await host.BesideAsync();
        File.Delete(await LongFieldAsync(host));
        await ThoughtOfAsync(host);
        clock.Advance(TimeSpan.FromDays(1));
        await using LockedKeys held = await LockedKeys.OfAsync(host);
        Task<bool> first = StepAsync(host);
        await held.IsWaitedForAsync();
        (await StepAsync(other).WaitAsync(Eventually.Bound)).ShouldBeFalse();
        first.IsCompleted.ShouldBeFalse();
        await held.DisposeAsync();
        (await first).ShouldBeTrue();
        (await FoundAsync(host)).ShouldBe(("blob_missing", 0));
    }

    [Fact]
    public async Task What_was_found_while_the_connection_was_cut_is_kept_and_not_looked_for_again()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        (string blob, byte[] content) = await CutOffAsync(host, clock);

        // Whoever looked again would find nothing.
        await File.WriteAllBytesAsync(blob, content);
        await Eventually.HoldsAsync(
            async () =>
            {
                await StepAsync(host);
                return await FoundAsync(host) == ("blob_missing", 0);
            },
            "it is written down");
        await NextDayAsync(host, clock);
        (await FoundAsync(host)).ShouldBe((null, null));
    }

    [Fact]
    public async Task What_was_kept_is_dropped_when_somebody_else_has_verified_since()
    {
        var clock = new ShiftedClock();
        await using AuditHost host = await AuditHost.StartAsync(settings: Daily, clock: clock);
        await CutOffAsync(host, clock);
        string now = clock.GetUtcNow().ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        await host.ExecuteAsync($"update trail.verification set verified_at = '{now}', whole_at = '{now}'");
        await Eventually.HoldsAsync(async () => !await StepAsync(host) && await IsFreeAsync(host), "it is not time again");
        (await FoundAsync(host)).ShouldBe((null, null));
    }

    [Fact]
    public void What_is_wrong_is_looked_at_again_from_there_and_may_have_been_pruned_meanwhile()
    {
        List<long> from = [];
        var wrong = new Examined(null, new LogFinding("bundle_missing", 512, "It is not there."));
        TrailExamination.Twice(300, at => Look(at, from.Count == 0 ? wrong : new Examined(null, null))).Finding.ShouldBeNull();
        from.ShouldBe([300, 512]);

        from.Clear();
        TrailExamination.Twice(300, at => Look(at, wrong)).ShouldBe(wrong);
        from.Clear();
        TrailExamination.Twice(300, at => Look(at, new Examined(null, null))).Finding.ShouldBeNull();
        from.ShouldBe([300]);

        Examined Look(long at, Examined answer)
        {
            from.Add(at);
            return answer;
        }
    }

    /// <summary>Cuts the connection of a verification that has found a missing file; answers the file and what was in it.</summary>
    private static async Task<(string Blob, byte[] Content)> CutOffAsync(AuditHost host, ShiftedClock clock)
    {
        string blob = await LongFieldAsync(host);
        byte[] content = await File.ReadAllBytesAsync(blob);
        File.Delete(blob);
        await ThoughtOfAsync(host);
        clock.Advance(TimeSpan.FromDays(1));
        await using LockedKeys held = await LockedKeys.OfAsync(host);
        Task<bool> step = StepAsync(host);
        await held.IsWaitedForAsync();
        await held.EndOthersAsync();
        await held.DisposeAsync();
        await Should.ThrowAsync<Npgsql.NpgsqlException>(() => step);
        (await FoundAsync(host)).ShouldBe((null, null));
        return (blob, content);
    }

    /// <summary>Whether nobody verifies: the lock of whoever was cut off may outlive them for a moment.</summary>
    private static Task<bool> IsFreeAsync(AuditHost host) => host.AskAsync<bool>(
        "select not exists (select 1 from pg_locks where locktype = 'advisory' and objsubid = 2"
        + " and classid::bigint = (hashtext('trail verification')::bigint & 4294967295)"
        + " and database = (select oid from pg_database where datname = current_database()))");

    /// <summary>Adds an event with a field in a file of its own; answers the file.</summary>
    private static async Task<string> LongFieldAsync(AuditHost host)
    {
        JsonElement report = JsonSerializer.SerializeToElement(new { report = new string('x', 20_000) });
        await host.AddAsync(Records.View() with { PatientDetails = report });
        return TrailWriter.BlobPath(host.TrailDirectory, (string)host.Leaves()[0]["sealed"]![0]!["blob"]!);
    }

    private static NoteSigner[] Signers(AuditHost host)
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(host.Folder, "key.pem")));
        return
        [
            NoteSigner.OfEd25519(AuditHost.Origin, Convert.FromHexString(File.ReadAllText(Path.Combine(host.Folder, "seed")))),
            NoteSigner.OfEcdsa(AuditHost.Origin, key.ExportPkcs8PrivateKey()),
        ];
    }
}
