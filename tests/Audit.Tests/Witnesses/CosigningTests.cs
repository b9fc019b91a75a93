using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Audit.Tests.Trail;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using AccessGov.TransparencyLog;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccessGov.Audit.Tests.Witnesses;

public sealed class CosigningTests : IDisposable
{
    private readonly string seedFile = Path.GetTempFileName();
    private readonly NoteKey trail;

    public CosigningTests()
    {
        byte[] seed = RandomNumberGenerator.GetBytes(32);
        File.WriteAllText(seedFile, Convert.ToHexStringLower(seed));
        trail = NoteSigner.OfEd25519(AuditHost.Origin, seed).Key;
    }

    public void Dispose() => File.Delete(seedFile);

    [Fact]
    public async Task What_is_published_is_cosigned_and_so_are_the_proofs()
    {
        await using var radiology = new WitnessProcess("radiology", trail);
        await using var laboratory = new WitnessProcess("laboratory", trail);
        await using AuditHost host = await StartAsync([.. radiology.Settings, .. laboratory.Settings]);
        for (int size = 300; size <= 900; size += 300)
        {
            await AddAsync(host, 300);
            await Eventually.HoldsAsync(() =>
                IsCosigned(host, "checkpoint", size, radiology.Key, laboratory.Key), $"{size} leaves are cosigned");
        }

        LogProof proof = await ProofAsync(host, 899);
        proof.Checkpoint.IsSignedBy(radiology.Key).ShouldBeTrue();
        proof.Checkpoint.IsSignedBy(laboratory.Key).ShouldBeTrue();
        PublishedTrail.FirstFault(host.TrailDirectory).ShouldBeNull();
        JsonNode health = await HealthAsync(host);
        ((string?)health["status"]).ShouldBe("healthy");
        ((long?)health["data"]!["radiology"]!["size"]).ShouldBe(900);

        // Nothing is asked again after a restart: the cosignatures are where they were.
        string before = await File.ReadAllTextAsync(Path.Combine(host.TrailDirectory, "checkpoint"));
        await using AuditHost again = await host.AgainAsync();
        await Eventually.HoldsAsync(async () =>
            (long?)(await HealthAsync(again))["data"]!["radiology"]!["size"] == 900, "the cosignature is known");
        (await File.ReadAllTextAsync(Path.Combine(host.TrailDirectory, "checkpoint"))).ShouldBe(before);
    }

    [Fact]
    public async Task While_the_trail_grows_all_the_time_there_is_a_cosigned_checkpoint_beside_the_newest()
    {
        await using var radiology = new WitnessProcess("radiology", trail);
        await using AuditHost host = await StartAsync([.. radiology.Settings]);
        var sizes = new HashSet<long>();
        await Eventually.HoldsAsync(
            async () =>
            {
                await AddAsync(host, 10);
                return File.Exists(PathOf(host, "checkpoint.witnessed")) && IsCosigned(host, "checkpoint.witnessed", 0, radiology.Key)
                    && sizes.Add(CheckpointIn(host, "checkpoint.witnessed").Size) && sizes.Count > 3;
            },
            $"several checkpoints are cosigned: {radiology.Output}");
        (await ProofAsync(host, sizes.Max() - 1)).Checkpoint.IsSignedBy(radiology.Key).ShouldBeTrue();
        Checkpoint witnessed = CheckpointIn(host, "checkpoint.witnessed");
        new TileTree(new TileDirectory(host.TrailDirectory), witnessed.Size).Root().ShouldBe(witnessed.Root);
    }

    [Fact]
    public async Task A_witness_that_is_away_delays_nobody_and_cosigns_when_it_is_back()
    {
        await using var radiology = new WitnessProcess("radiology", trail);
        await using var laboratory = new WitnessProcess("laboratory", trail);
        await laboratory.StopAsync();
        await using AuditHost host = await StartAsync([.. radiology.Settings, .. laboratory.Settings]);
        await AddAsync(host, 10);
        await Eventually.HoldsAsync(() => IsCosigned(host, "checkpoint", 10, radiology.Key), "the other one cosigns");
        IsCosigned(host, "checkpoint", 10, laboratory.Key).ShouldBeFalse();
        await Eventually.HoldsAsync(async () =>
            (string?)(await HealthAsync(host))["data"]!["laboratory"]!["failure"] == "unreachable", "health says so");
        ((string?)(await HealthAsync(host))["status"]).ShouldBe("degraded");

        laboratory.Start();
        await Eventually.HoldsAsync(() => IsCosigned(host, "checkpoint", 10, radiology.Key, laboratory.Key), "it is back");
        ((string?)(await HealthAsync(host))["status"]).ShouldBe("healthy");
    }

    [Fact]
    public async Task A_trail_that_was_begun_anew_with_the_same_keys_is_not_cosigned_and_health_says_why()
    {
        await using var radiology = new WitnessProcess("radiology", trail);
        await using (AuditHost first = await StartAsync([.. radiology.Settings]))
        {
            await AddAsync(first, 20);
            await Eventually.HoldsAsync(() => IsCosigned(first, "checkpoint", 20, radiology.Key), "the first one is cosigned");
        }

        await using AuditHost second = await StartAsync([.. radiology.Settings]);
        await AddAsync(second, 10);
        await Eventually.HoldsAsync(async () =>
            (string?)(await HealthAsync(second))["data"]!["radiology"]!["failure"] == "contradicted", "it is shorter");
        await AddAsync(second, 30);
        await PublishedTrail.HasAsync(second, 40);
        IsCosigned(second, "checkpoint", 40, radiology.Key).ShouldBeFalse();
        ((string?)(await HealthAsync(second))["description"])!.ShouldContain("another trail");
    }

    [Fact]
    public async Task That_a_witness_contradicts_is_told_once_until_it_cosigns_again()
    {
        NoteSigner signer = NoteSigner.OfWitness("radiology.test", new byte[32]);
        (bool contradicts, int asked) = (true, 0);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        await using WebApplication witness = builder.Build();
        witness.MapPost("/add-checkpoint", async (HttpRequest request) =>
        {
            Interlocked.Increment(ref asked);
            using var body = new StreamReader(request.Body);
            string note = (await body.ReadToEndAsync()).Split("\n\n", 2)[1];
            return Volatile.Read(ref contradicts) ? Results.StatusCode(422)
                : Results.Text(signer.Sign(SignedNote.Parse(Encoding.UTF8.GetBytes(note)).Text, DateTimeOffset.UtcNow) + "\n");
        });
        await witness.StartAsync();
        await using AuditHost host = await StartAsync(
            [new("Audit:Witnesses:radiology:Url", witness.Urls.Single()), new("Audit:Witnesses:radiology:Key", signer.Key.ToString())]);
        await AddAsync(host, 10);
        await Eventually.HoldsAsync(() => Volatile.Read(ref asked) >= 3, "it is asked again and again");
        JsonNode alert = (await PublishedTrail.HasAsync(host, 11)).Single(leaf => (string?)leaf["kind"] == "trail.contradicted");
        ((string?)alert["action"], (string?)alert["object"]!["resource"]).ShouldBe(("security_alert", "TrailWitness::radiology"));

        Volatile.Write(ref contradicts, false);
        await Eventually.HoldsAsync(() => IsCosigned(host, "checkpoint", 11, signer.Key), "it cosigns");
        Volatile.Write(ref contradicts, true);
        await AddAsync(host, 1);
        await Eventually.HoldsAsync(
            async () => (await PublishedTrail.HasAsync(host, 11)).Count(leaf => (string?)leaf["kind"] == "trail.contradicted") == 2,
            "that is told too");
    }

    [Fact]
    public async Task What_is_no_cosignature_of_the_witness_is_not_published()
    {
        NoteKey key = NoteSigner.OfWitness("radiology.test", new byte[32]).Key;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        await using WebApplication liar = builder.Build();
        liar.MapPost("/add-checkpoint", () => new NoteSignature(key.Name, key.Id, RandomNumberGenerator.GetBytes(72)).ToString());
        await liar.StartAsync();
        await using AuditHost host = await StartAsync(
            [new("Audit:Witnesses:radiology:Url", liar.Urls.Single()), new("Audit:Witnesses:radiology:Key", key.ToString())]);
        await AddAsync(host, 10);
        await Eventually.HoldsAsync(async () =>
            (string?)(await HealthAsync(host))["data"]!["radiology"]!["failure"] == "cosignature_false", "health says so");
        await PublishedTrail.HasAsync(host, 10);
        (await File.ReadAllTextAsync(PathOf(host, "checkpoint"))).ShouldNotContain("radiology");
        File.Exists(PathOf(host, "checkpoint.witnessed")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_cosignature_that_comes_late_or_to_one_who_does_not_lead_changes_nothing()
    {
        await using AuditHost host = await StartAsync([]);
        await AddAsync(host, 10);
        await PublishedTrail.HasAsync(host, 10);
        CheckpointSigner signer = host.Services.GetRequiredService<CheckpointSigner>();
        SignedNote early = Cosigned(signer);
        await AddAsync(host, 10);
        await PublishedTrail.HasAsync(host, 20);
        string newest = await File.ReadAllTextAsync(PathOf(host, "checkpoint"));
        signer.Cosign(early);
        (await File.ReadAllTextAsync(PathOf(host, "checkpoint"))).ShouldBe(newest);

        SignedNote late = Cosigned(signer);
        signer.KeepWitnessed(late);
        signer.KeepWitnessed(early);
        (await File.ReadAllTextAsync(PathOf(host, "checkpoint.witnessed"))).ShouldBe(late.ToString());

        await using AuditHost beside = await host.BesideAsync();
        CheckpointSigner other = beside.Services.GetRequiredService<CheckpointSigner>();
        other.Leads.ShouldBeFalse();
        other.Cosign(late);
        (await File.ReadAllTextAsync(PathOf(host, "checkpoint"))).ShouldBe(newest);
    }

    private static SignedNote Cosigned(CheckpointSigner signer)
    {
        PublishedCheckpoint published = signer.Published()!;
        return published.With([NoteSigner.OfWitness("somebody.test", new byte[32]).Sign(published.Note.Text, Records.At)]);
    }

    private Task<AuditHost> StartAsync(IEnumerable<KeyValuePair<string, string?>> settings) => AuditHost.StartAsync(
        settings: new Dictionary<string, string?>([.. settings, new("Audit:Ed25519SeedFile", seedFile)], StringComparer.Ordinal));

    private static bool IsCosigned(AuditHost host, string file, long sizeMin, params NoteKey[] keys)
    {
        if (!File.Exists(PathOf(host, file)))
        {
            return false;
        }

        SignedNote note = SignedNote.Parse(File.ReadAllBytes(PathOf(host, file)));
        return Checkpoint.Parse(note.Text).Size >= sizeMin && keys.All(note.IsSignedBy);
    }

    private static Checkpoint CheckpointIn(AuditHost host, string file) =>
        Checkpoint.Parse(SignedNote.Parse(File.ReadAllBytes(PathOf(host, file))).Text);

    private static string PathOf(AuditHost host, string file) => Path.Combine(host.TrailDirectory, file);

    private static async Task<LogProof> ProofAsync(AuditHost host, long sequence)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, $"/trail/entries/{sequence}/proof");
        return LogProof.Parse(Encoding.UTF8.GetBytes(await answer.Content.ReadAsStringAsync()));
    }

    private static async Task<JsonNode> HealthAsync(AuditHost host) =>
        JsonNode.Parse(await host.Client.GetStringAsync("/health/ready"))!["checks"]!["witnesses"]!;

    private static Task AddAsync(AuditHost host, int count) =>
        host.Intake.AcceptAsync("pacs", [.. Enumerable.Range(0, count).Select(_ => Records.View())], CancellationToken.None);
}
