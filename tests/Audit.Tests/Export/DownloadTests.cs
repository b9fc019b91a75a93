using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Testing;
using AccessGov.TransparencyLog;

namespace AccessGov.Audit.Tests.Export;

public sealed class DownloadTests(AuditHost host) : IClassFixture<AuditHost>
{
    [Theory]
    [InlineData("csv", 4)]
    [InlineData("ndjson", 3)]
    [InlineData("dicom", 3)]
    [InlineData("ocsf", 3)]
    [InlineData("proofs", 3)]
    [InlineData("fhir", 1)]
    [Trait("Requirement", "S64")]
    public async Task What_a_search_finds_is_taken_away_whole(string format, int lines)
    {
        string session = await AddAsync(3);
        string text = await ReadAsync($"/export?format={format}&session={session}");
        text.TrimEnd('\n').Split('\n').Length.ShouldBe(lines, text);
        text.ShouldNotContain("p-of-nobody");
        if (format == "proofs")
        {
            NoteKey[] keys = [.. JsonNode.Parse(await ReadAsync("/trail/keys"))!["keys"]!.AsArray()
                .Select(key => NoteKey.Parse((string)key!))];
            text.TrimEnd('\n').Split('\n').ShouldAllBe(line => IsProven(JsonNode.Parse(line)!, keys));
        }
    }

    [Fact]
    public async Task More_than_a_page_is_taken_away_whole_and_noted()
    {
        string session = await AddAsync(1_205);
        (await ReadAsync($"/export?format=ndjson&session={session}")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (string?)JsonNode.Parse(line)!["event_id"]).Distinct().Count().ShouldBe(1_205);
        await Eventually.HoldsAsync(
            async () => JsonNode.Parse(await ReadAsync("/entries?kind=audit.read&action=export&limit=1"))!["entries"]!.AsArray()
                .Count == 1, "the export is in the trail");
    }

    [Theory]
    [InlineData("/export?format=pdf")]
    [InlineData("/export")]
    [InlineData("/export?format=csv&colour=red")]
    public async Task What_cannot_be_exported_is_refused(string path)
    {
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, path);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static bool IsProven(JsonNode line, NoteKey[] keys)
    {
        LogProof proof = LogProof.Parse(Encoding.UTF8.GetBytes((string)line["proof"]!));
        Checkpoint checkpoint = Checkpoint.Parse(proof.Checkpoint.Text);
        return keys.All(proof.Checkpoint.IsSignedBy)
            && MerkleProof.ShowsInclusion(
                proof.Index, checkpoint.Size, TreeHash.OfLeaf(Convert.FromBase64String((string)line["leaf"]!)),
                proof.Hashes.AsSpan(), checkpoint.Root);
    }

    private async Task<string> AddAsync(int count)
    {
        string session = Guid.NewGuid().ToString("n");
        await host.Intake.AcceptAsync(
            "pacs",
            [.. Enumerable.Range(0, count).Select(_ => Records.View("p-of-nobody") with { Session = session })], CancellationToken.None);
        AuditRecord last = Records.View() with { Workstation = session };
        await host.Intake.AcceptAsync("pacs", [last], CancellationToken.None);
        await Eventually.HoldsAsync(
            async () => JsonNode.Parse(await ReadAsync($"/entries?workstation={session}"))!["entries"]!.AsArray().Count == 1,
            "the events are searchable");
        return session;
    }

    private async Task<string> ReadAsync(string path)
    {
        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Get, path);
        string text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return text;
    }
}
