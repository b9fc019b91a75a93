using AccessGov.Console.Pages.EmergencyAccess;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>One case with all that is known of it, and what its reviewer does with it.</summary>
internal sealed class CaseModel(
    ReviewedEmergencies cases, SignedInPerson viewer, IOptions<ConsoleOptions> console, TimeProvider clock) : PageModel
{
    public const string ReviewScope = "emergency-access.review";
    private const string EndScope = "emergency-access.end";

    public EmergencyCase About { get; private set; } = null!;

    public IReadOnlyList<ReviewedEmergencies.Alert> Alerts { get; private set; } = [];

    /// <summary>What it is judged by, or why that cannot be told.</summary>
    public Answer<CaseEvidence> Evidence { get; private set; } = null!;

    /// <summary>Why nobody knows who was told; null where it is known.</summary>
    public Refusal? NoAlerts { get; private set; }

    [BindProperty]
    public string? Verdict { get; set; }

    [BindProperty]
    public string? Findings { get; set; }

    [BindProperty]
    public string? Outcome { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public string Here => $"/emergency-cases/{Uri.EscapeDataString(About.Id)}";

    public bool MayReview => viewer.May(ReviewScope);

    public bool MayTerminate => viewer.May(EndScope);

    public bool IsOwn => About.MayBeOf(viewer.Id);

    /// <summary>Whether whoever looks has taken the review.</summary>
    public bool IsMine => About.Owner == viewer.Id;

    public bool IsOverdue => About.Verdict is null && (About.Overdue || About.ReviewDue <= clock.GetUtcNow());

    /// <summary>Who was called last.</summary>
    public string Called =>
        About.History.LastOrDefault(step => step.Name == "emergency_review_escalated")?.Said("name") ?? "the reviewers";

    public string? TrailLink => console.Value.AuditUrl is not null && viewer.May("audit.read")
        ? $"/audit/cases/{Uri.EscapeDataString(About.Id)}" : null;

    public IHtmlContent PersonLink
    {
        get
        {
            var content = new HtmlContentBuilder();
            return viewer.May("people.read") && About.NamesPerson
                ? content.AppendHtml($"<a href=\"/people/{Uri.EscapeDataString(About.Person)}\">").Append(About.Person).AppendHtml("</a>")
                : content.Append(About.Person);
        }
    }

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellation)
    {
        Task<Answer<ReviewedEmergencies.AlertPage>> asked = cases.AlertsAsync(id, cancellation);
        Task<Answer<CaseEvidence>> gathered = cases.EvidenceAsync(id, cancellation);
        Answer<EmergencyCase> read = await cases.ReadAsync(id, cancellation);
        Answer<ReviewedEmergencies.AlertPage> alerts = await asked;
        Evidence = await gathered;
        if (!read.Given)
        {
            return await this.RefuseAsync(read.Refusal);
        }

        (About, Alerts, NoAlerts) = (read.Value, alerts.Value?.Alerts ?? [], alerts.Refusal);
        return Page();
    }

    public async Task<IActionResult> OnPostTakeAsync(string id, CancellationToken cancellation) =>
        await AfterAsync(id, await cases.TakeAsync(id, cancellation), "The review is yours.", cancellation);

    public async Task<IActionResult> OnPostReviewAsync(string id, CancellationToken cancellation)
    {
        if (!EmergencyInWords.Verdicts.Any(known => known.Verdict == Verdict))
        {
            this.Tell(new Refusal(StatusCodes.Status400BadRequest, "verdict_required", "Say whether it was justified.", []));
            return await OnGetAsync(id, cancellation);
        }

        return await AfterAsync(
            id, await cases.ReviewAsync(id, Verdict!, Findings ?? "", cancellation),
            Verdict == "justified" ? "The case is reviewed." : "The case is reviewed; its follow-up is open.", cancellation);
    }

    public async Task<IActionResult> OnPostCloseFollowUpAsync(string id, CancellationToken cancellation) =>
        await AfterAsync(id, await cases.CloseFollowUpAsync(id, Outcome ?? "", cancellation), "The follow-up is closed.", cancellation);

    public async Task<IActionResult> OnPostTerminateAsync(string id, CancellationToken cancellation) => await AfterAsync(
        id, await cases.TerminateAsync(id, Reason ?? "", cancellation), "It is over: the images are closed again.", cancellation);

    private async Task<IActionResult> AfterAsync(string id, Answer<Done> done, string notice, CancellationToken cancellation)
    {
        if (done.Given)
        {
            TempData["Notice"] = notice;
            return Redirect($"/emergency-cases/{Uri.EscapeDataString(id)}");
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(id, cancellation);
    }
}
