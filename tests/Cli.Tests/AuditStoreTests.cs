using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AccessGov.Testing;
using AccessGov.TransparencyLog;

namespace AccessGov.Cli.Tests;

/// <summary>What a trail attests of a service's event store, against what the store has.</summary>
public sealed class AuditStoreTests : IDisposable
{
    private const string Service = "identity-federation";
    private static readonly NoteSigner Signer = NoteSigner.OfEd25519("hospital.example/audit", RandomNumberGenerator.GetBytes(32));

    // Positions have gaps: appends that were rolled back used one up.
    private static readonly Event[] Events = [.. Enumerable.Range(1, 40).Select(i => new Event(
        i < 20 ? i : i + 3, new Guid(i, 7, 7, 1, 2, 3, 4, 5, 6, 7, 8),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"event {i}")))))];
    private readonly Folder folder = new();

    public AuditStoreTests()
    {
        var leaves = new SampleLeaf();
        TrailFiles.Write(folder["trail"], [
            .. Enumerable.Range(0, 300).Select(_ => leaves.Next()),
            Attested(leaves, Events[..10]), leaves.NextAttestation("policy-decision", 5, 5, new string('0', 64)),
            Attested(leaves, Events[..10]), leaves.Next(), Attested(leaves, Events[..25]), Attested(leaves, Events[..35]),
        ], Signer);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_store_that_has_what_was_attested_is_good()
    {
        CommandRun run = Verify(Events).ShouldEndWith(ExitCode.Good);
        run.LastLine.ShouldBe($"{Service}: 35 events are as attested, through position 38; 5 later ones are not attested yet");
        CommandRun json = Verify(Events, "--json").ShouldEndWith(ExitCode.Good);
        json.Json.GetProperty("stores")[0].GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal)
            .ShouldBe($$"""{"service":"{{Service}}","events":35,"good_through":38,"not_attested":5}""");
    }

    [Fact]
    public void A_digest_is_what_the_format_says()
    {
        // Computed with printf, xxd and sha256sum from the words of the format.
        DigestOf([new Event(1, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), Convert.ToHexStringLower(SHA256.HashData("{}"u8)))])
            .ShouldBe("6d6ef618699f48e75f1233e6e0502e4c8c1109d6ff27bdad7c5809dad54a562a");
    }

    [Theory]
    [InlineData(12, "an event is missing")]
    [InlineData(24, "an event is missing")]
    public void An_event_that_is_gone_is_found_between_two_attestations(int index, string what)
    {
        CommandRun run = Verify([.. Events[..index], .. Events[(index + 1)..]]).ShouldEndWith(ExitCode.Found);
        run.Output.ShouldStartWith("leaf 304: error: store_differs");
        run.Output.ShouldContain($"After position 10, through 28, {what}");
    }

    [Fact]
    public void An_event_that_was_added_or_changed_or_swapped_is_found()
    {
        Event added = Events[12] with { Position = 21 };
        Verify([.. Events[..19], added, .. Events[19..]]).ShouldEndWith(ExitCode.Found).Output
            .ShouldContain("After position 10, through 28, an event was added");
        Event changed = Events[30] with { Hash = Events[31].Hash };
        CommandRun json = Verify([.. Events[..30], changed, .. Events[31..]], "--json").ShouldEndWith(ExitCode.Found);
        json.Json.GetProperty("message").GetString()!.ShouldContain("After position 28, through 38, an event was changed");
        (json.Json.GetProperty("code").GetString(), json.Json.GetProperty("seq").GetInt64()).ShouldBe(("store_differs", 305));
        json.Json.GetProperty("stores")[0].GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal)
            .ShouldBe($$"""{"service":"{{Service}}","events":35,"good_through":28,"bad_through":38,"not_attested":0}""");
        Event[] swapped = [.. Events[..3], Events[4] with { Position = 4 }, Events[3] with { Position = 5 }, .. Events[5..]];
        Verify(swapped).ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 300: error: store_differs");
    }

    [Fact]
    public void An_export_that_ends_before_what_was_attested_is_found()
    {
        CommandRun run = Verify(Events[..30]).ShouldEndWith(ExitCode.Found);
        run.Output.ShouldStartWith("leaf 305: error: store_ends_early");
        run.Output.ShouldContain("ends at position 33. It was as attested through position 28.");
        Verify([]).ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 300: error: store_ends_early");
    }

    [Fact]
    public void A_service_that_nobody_has_attested_is_found() =>
        Run("--store", $"break-glass={Csv(Events)}").ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("error: store_never_attested");

    [Fact]
    public void Several_stores_are_checked_and_another_ones_attestations_do_not_count()
    {
        CommandRun run = Run("--store", $"{Service}={Csv(Events)}", "--store", $"policy-decision={Csv(Events)}")
            .ShouldEndWith(ExitCode.Found);
        run.Output.ShouldStartWith("leaf 301: error: store_differs: Leaf 301 attests 5 events of policy-decision");
    }

    [Fact]
    public void An_attestation_that_goes_back_is_found()
    {
        var leaves = new SampleLeaf();
        TrailFiles.Write(folder["trail"], [Attested(leaves, Events[..10]), Attested(leaves, Events[..9])], Signer);
        Verify(Events).ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 1: error: store_went_back");
    }

    [Theory]
    [InlineData("\"through\":10", "\"through\":-1")]
    [InlineData("\"count\":10", "\"count\":\"10\"")]
    [InlineData("\"digest\":\"", "\"digest\":\"f")]
    [InlineData("\"stream\":\"events\",", "")]
    [InlineData("\"svc\":\"audit\"", "\"svc\":\"identity-federation\"")]
    public void An_attestation_that_says_too_little_or_is_another_services_is_found(string part, string instead)
    {
        string leaf = Encoding.UTF8.GetString(Attested(new SampleLeaf(), Events[..10])).Replace(part, instead, StringComparison.Ordinal);
        TrailFiles.Write(folder["trail"], [new SampleLeaf().Chained(leaf)], Signer);
        Run().ShouldEndWith(ExitCode.Found).Output.ShouldStartWith("leaf 0: error: attestation_malformed");
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData("0,00000001-0007-0007-0102-030405060708,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("5,00000001-0007-0007-0102-030405060708,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("6,00000001-0007-0007-0102-030405060708,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85")]
    [InlineData("6,00000001-0007-0007-0102-030405060708,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85g")]
    [InlineData("6,00000001-0007-0007-0102-03040506070,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555")]
    public void An_export_that_is_none_is_refused(string line)
    {
        File.WriteAllText(Csv(Events[..5]), File.ReadAllText(folder["store.csv"]) + line + "\n");
        Run("--store", $"{Service}={folder["store.csv"]}").ShouldEndWith(ExitCode.Unusable).Error
            .ShouldContain("line 6 is not position,event id,SHA-256");
    }

    [Fact]
    public void An_export_that_is_not_there_is_refused()
    {
        Run("--store", $"{Service}={folder["absent"]}").ShouldEndWith(ExitCode.Unusable).Error.ShouldContain("absent");
        Run("--store", Service).ShouldEndWith(ExitCode.Unusable).Error.ShouldContain("is not SERVICE=FILE");
        Directory.CreateDirectory(folder["directory"]);
        Run("--store", $"{Service}={folder["directory"]}").ShouldEndWith(ExitCode.Unusable);
    }

    private CommandRun Verify(Event[] events, params string[] more) => Run(["--store", $"{Service}={Csv(events)}", .. more]);

    private CommandRun Run(params string[] more) =>
        CommandRun.Of(["audit", "verify", folder["trail"], "--key", Signer.Key.ToString(), .. more]);

    private string Csv(Event[] events) =>
        folder.Write("store.csv", string.Concat(events.Select(e =>
        string.Create(CultureInfo.InvariantCulture, $"{e.Position},{e.Id},{e.Hash}\n"))));

    private static byte[] Attested(SampleLeaf leaves, Event[] events) =>
        leaves.NextAttestation(Service, events[^1].Position, events.Length, DigestOf(events));

    /// <summary>As the format says it: d = SHA-256(d, position in 8 bytes, id in 16 bytes, SHA-256 of the data).</summary>
    private static string DigestOf(Event[] events) => Convert.ToHexStringLower(events.Aggregate(new byte[32], (digest, e) =>
    {
        byte[] position = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(position, e.Position);
        return SHA256.HashData([.. digest, .. position, .. e.Id.ToByteArray(bigEndian: true), .. Convert.FromHexString(e.Hash)]);
    }));

    private sealed record Event(long Position, Guid Id, string Hash);
}
