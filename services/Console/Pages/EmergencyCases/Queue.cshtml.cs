using AccessGov.Console.Pages.EmergencyAccess;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>The cases that wait for somebody to judge them, and what became of others.</summary>
internal sealed class QueueModel(ReviewedEmergencies cases, TimeProvider clock) : PageModel
{
    private const string Everything = "all";

    public static readonly (string Value, string Words)[] States =
    [
        ("open", "not reviewed"), ("overdue", "overdue"), ("awaiting_review", "to review"), ("active", "active"),
        ("follow_up", "follow-up open"), ("reviewed", "reviewed"), (Everything, "all"),
    ];

    [BindProperty(SupportsGet = true)]
    public string State { get; set; } = States[0].Value;

    /// <summary>Only of this person.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Person { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public IReadOnlyList<EmergencyCaseItem> Cases { get; private set; } = [];

    public string? Next { get; private set; }

    public int Overdue => Cases.Count(IsOverdue);

    /// <summary>Also one of which nobody has said so yet.</summary>
    public bool IsOverdue(EmergencyCaseItem item) => item.Verdict is null && (item.Overdue || item.ReviewDue <= clock.GetUtcNow());

    public string NextLink(string next) => "/emergency-cases" + Query.Of(("State", State), ("Person", Person), ("After", next));

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<EmergencyCasePage> found = await cases.ListAsync(State == Everything ? null : State, Person, After, cancellation);
        if (!found.Given)
        {
            return await this.RefuseAsync(found.Refusal);
        }

        (Cases, Next) = (found.Value.Cases, found.Value.Next);
        return Page();
    }
}
