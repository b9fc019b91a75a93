using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using AccessGov.Audit.Export;
using AccessGov.Audit.Trail;
using AccessGov.Testing;

namespace AccessGov.Audit.Tests.Export;

public sealed class ExportDocumentTests
{
    private static readonly byte[][] Three = [Leaves.Leaf(0), Leaves.Leaf(1, reason: "Müller"), Leaves.Leaf(2, outcome: "denied")];

    [Fact]
    public async Task NDJSON_is_the_leaves_themselves() =>
        (await WrittenAsync(ExportFormat.Ndjson, Three)).ShouldBe(string.Concat(
            Three.Select(leaf => Encoding.UTF8.GetString(leaf) + "\n")));

    [Fact]
    public async Task FHIR_is_one_Bundle()
    {
        JsonNode bundle = JsonNode.Parse(await WrittenAsync(ExportFormat.Fhir, Three))!;

        (bundle["type"]!.GetValue<string>(), bundle["entry"]!.AsArray().Count).ShouldBe(("collection", 3));
        JsonNode.Parse(await WrittenAsync(ExportFormat.Fhir))!["entry"]!.AsArray().ShouldBeEmpty();
    }

    [OfficialEngineFact]
    public async Task A_Bundle_is_valid() =>
        (await FhirAuditEventTests.FaultsAsync(JsonNode.Parse(await WrittenAsync(ExportFormat.Fhir, Three))!.AsObject())).Single()
            .ShouldBeEmpty();

    [Fact]
    public async Task DICOM_is_a_message_on_each_line() =>
        Lines(await WrittenAsync(ExportFormat.Dicom, Three)).Select(line => XElement.Parse(line).Name.LocalName)
            .ShouldBe(["AuditMessage", "AuditMessage", "AuditMessage"]);

    [Fact]
    public async Task OCSF_is_an_event_on_each_line() =>
        Lines(await WrittenAsync(ExportFormat.Ocsf, Three)).Select(line =>
            JsonNode.Parse(line)!["metadata"]!["sequence"]!.GetValue<long>()).ShouldBe([0L, 1L, 2L]);

    [Fact]
    public async Task CSV_has_one_header()
    {
        string[] lines = (await WrittenAsync(ExportFormat.Csv, Three)).Split("\r\n");

        (lines.Length, lines[0].StartsWith("seq,time,", StringComparison.Ordinal), lines[3].StartsWith("2,", StringComparison.Ordinal),
            lines[4]).ShouldBe((5, true, true, ""));
    }

    [Fact]
    public async Task Proofs_have_the_leaf_and_what_proves_it()
    {
        JsonNode[] lines = [.. Lines(await WrittenAsync(ExportFormat.Proofs, Three)).Select(line => JsonNode.Parse(line)!)];

        lines.Select(line => line["proof"]!.GetValue<string>()).ShouldBe(
            ["c2sp.org/tlog-proof@v1\nindex 0\n", "c2sp.org/tlog-proof@v1\nindex 1\n", "c2sp.org/tlog-proof@v1\nindex 2\n"]);
        Convert.FromBase64String(lines[1]["leaf"]!.GetValue<string>()).ShouldBe(Three[1]);
        lines[0].AsObject().Select(member => member.Key).ShouldBe(["leaf", "proof"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"seq":1}""")]
    [InlineData("""{"seq":"1","ts":"2026-11-27T18:40:00Z"}""")]
    public void What_is_no_leaf_is_not_read(string leaf) => Should.Throw<FormatException>(
        () => TrailEntry.Parse(Encoding.UTF8.GetBytes(leaf)));

    private static string[] Lines(string document) => document.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<string> WrittenAsync(ExportFormat format, params byte[][] leaves)
    {
        using var output = new MemoryStream();
        await ExportDocument.WriteAsync(
            format, EventsAsync(leaves), Leaves.Origin, output, CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static async IAsyncEnumerable<ExportedEvent> EventsAsync(byte[][] leaves)
    {
        foreach (byte[] leaf in leaves)
        {
            await Task.Yield();
            TrailEntry entry = Leaves.Entry(leaf);
            yield return new ExportedEvent(entry) { Proof = $"c2sp.org/tlog-proof@v1\nindex {entry.Sequence}\n" };
        }
    }
}
