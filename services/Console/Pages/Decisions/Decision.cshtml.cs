using System.Text.Json;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Decisions;

/// <summary>One decision as it was recorded and, when somebody asks, its explanation.</summary>
internal sealed class DecisionModel(RecordedDecisions journal) : PageModel
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public string Id { get; private set; } = "";

    public RecordedDecisions.Decision Decision { get; private set; } = null!;

    public RecordedDecisions.Explained? Explained { get; private set; }

    /// <summary>JSON to read.</summary>
    public static string Readable(JsonElement json) => JsonSerializer.Serialize(json, Indented);

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellation)
    {
        Answer<RecordedDecisions.Decision> decision = await journal.ReadAsync(id, cancellation);
        if (!decision.Given)
        {
            return await this.RefuseAsync(decision.Refusal);
        }

        (Id, Decision) = (id, decision.Value);
        return Page();
    }

    public async Task<IActionResult> OnPostExplainAsync(string id, CancellationToken cancellation)
    {
        Answer<RecordedDecisions.Explained> explained = await journal.ExplainAsync(id, cancellation);
        Explained = explained.Value;
        if (!explained.Given)
        {
            this.Tell(explained.Refusal);
        }

        return await OnGetAsync(id, cancellation);
    }
}
