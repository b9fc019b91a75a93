using System.Text.Json;
using AccessGov.Console.Pages.Health;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>
/// Whether the trail is whole and up to date: its checkpoint, what waits, what stores attested, what did not fit, what is missing.
/// </summary>
internal sealed class TrailHealthModel(AuditTrail trail, ServiceHealth health, TimeProvider clock) : PageModel
{
    private const int AttestationsRead = 20;
    private const int FindingsShown = 20;
    private const int CompletenessDays = 30;

    /// <summary>How far a store had come when it was attested.</summary>
    public sealed record Attestation(
        long Sequence, DateTimeOffset At, string Service, string Stream, long Through, long Count, string Digest);

    public ServiceHealth.Told Told { get; private set; } = null!;

    public TrailCheckpoint? Checkpoint { get; private set; }

    public IReadOnlyList<string> Keys { get; private set; } = [];

    /// <summary>The newest of each store, and why they cannot be told.</summary>
    public Answer<IReadOnlyList<Attestation>> Attestations { get; private set; } = new([], null);

    /// <summary>The entries that say that a store does not hold what it told.</summary>
    public Answer<AuditTrail.EntryPage> Findings { get; private set; } = new(null, null);

    public Answer<AuditTrail.CompletenessReport> Completeness { get; private set; } = new(null, null);

    /// <summary>A figure of the check of the trail; null where it does not tell it.</summary>
    public JsonElement? Figure(string check, string name) =>
        Told.Report?.Checks.GetValueOrDefault(check)?.Data.TryGetValue(name, out JsonElement value) == true ? value : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        // Health is told without a token: whoever may not read the trail is refused here first.
        Answer<string> checkpoint = await trail.CheckpointAsync(cancellation);
        if (checkpoint.Refusal is { Status: not (StatusCodes.Status404NotFound or StatusCodes.Status503ServiceUnavailable) })
        {
            return await this.RefuseAsync(checkpoint.Refusal);
        }

        Checkpoint = checkpoint.Value is { } text ? TrailCheckpoint.Read(text) : null;
        Told = await health.AskAsync(AskedService.Audit, cancellation);
        if (Told.Report is null)
        {
            return Page();
        }

        Keys = (await trail.KeysAsync(cancellation)).Value?.Keys ?? [];
        DateOnly today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        Findings = await trail.FindAsync(Query.Of(("kind", "store.differs"), ("limit", $"{FindingsShown}")), cancellation);
        Completeness = await trail.CompletenessAsync(today.AddDays(-CompletenessDays), today, cancellation);
        Attestations = await AttestedAsync(cancellation);
        return Page();
    }

    private async Task<Answer<IReadOnlyList<Attestation>>> AttestedAsync(CancellationToken cancellation)
    {
        Answer<AuditTrail.EntryPage> found = await trail.FindAsync(
            Query.Of(("kind", "store.attested"), ("limit", $"{AttestationsRead}")), cancellation);
        if (!found.Given)
        {
            return new Answer<IReadOnlyList<Attestation>>(null, found.Refusal);
        }

        // What was attested stands in the leaf.
        Answer<string>[] leaves = await Task.WhenAll(found.Value.Entries.Select(entry => trail.LeafAsync(entry.Sequence, cancellation)));
        return leaves.FirstOrDefault(leaf => !leaf.Given)?.Refusal is { } refusal
            ? new Answer<IReadOnlyList<Attestation>>(null, refusal)
            : new Answer<IReadOnlyList<Attestation>>(
                [
                    .. found.Value.Entries.Zip(leaves, (entry, leaf) => Read(entry, leaf.Value!))
                        .DistinctBy(one => (one.Service, one.Stream)),
                ], null);
    }

    private static Attestation Read(AuditTrail.Entry entry, string leaf)
    {
        using JsonDocument read = JsonDocument.Parse(leaf);
        JsonElement attested = read.RootElement.GetProperty("attested");
        return new Attestation(
            entry.Sequence, entry.At, Text("svc"), Text("stream"), attested.GetProperty("through").GetInt64(),
            attested.GetProperty("count").GetInt64(), Text("digest"));

        string Text(string name) => attested.GetProperty(name).GetString()!;
    }
}
