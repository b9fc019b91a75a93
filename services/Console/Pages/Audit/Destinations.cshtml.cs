using AccessGov.Console.Pages.People;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>Where the trail is sent, how far each destination has it, and what failed.</summary>
internal sealed class DestinationsModel(AuditTrail trail, SignedInPerson viewer) : PageModel
{
    private const string Here = "/audit/destinations";

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public bool Confirmed { get; set; }

    public bool MaySkip => viewer.May("audit.export");

    public IReadOnlyList<AuditTrail.Destination> Destinations { get; private set; } = [];

    public static (string Words, string Mark) OfStatus(string status) => status switch
    {
        "connected" => ("connected", "good"),
        "failing" => ("fails", "bad"),
        "elsewhere" => ("served by another process", "plain"),
        "starting" => ("starts", "plain"),
        _ => (status.Replace('_', ' '), "plain"),
    };

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<AuditTrail.DestinationPage> told = await trail.DestinationsAsync(cancellation);
        if (!told.Given)
        {
            return await this.RefuseAsync(told.Refusal);
        }

        Destinations = told.Value.Destinations;
        return Page();
    }

    /// <summary>One entry is not sent to one destination, as it refuses it for good.</summary>
    public async Task<IActionResult> OnPostSkipAsync(string? name, long? sequence, CancellationToken cancellation)
    {
        if (!Confirmed && !string.IsNullOrWhiteSpace(Reason))
        {
            return this.Instead("/Pages/People/Question.cshtml", new Question(
                $"Leave entry {sequence} out at {name}?",
                "It is never sent there; what is behind it is. It stays in the trail, which says that you left it out there, and why.",
                "Yes, leave it out", Here, "Skip", [("name", name ?? ""), ("sequence", $"{sequence}"), ("Reason", Reason)]));
        }

        Answer<Done> done = await trail.SkipAsync(name ?? "", sequence, Reason, cancellation);
        if (done.Given)
        {
            TempData["Notice"] = $"Entry {sequence} is left out. What is behind it is sent within a minute.";
            return Redirect(Here);
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(cancellation);
    }
}
