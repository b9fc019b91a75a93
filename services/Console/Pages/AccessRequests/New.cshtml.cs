using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.AccessRequests;

/// <summary>Where a denial leads: what can be asked for, for how long, and why.</summary>
internal sealed class NewModel(RequestedAccess requests) : PageModel
{
    public RequestedAccess.Offer Offer { get; private set; } = null!;

    [BindProperty(SupportsGet = true)]
    public string? Evaluation { get; set; }

    [BindProperty]
    public int? Hours { get; set; }

    [BindProperty]
    public string? Justification { get; set; }

    /// <summary>The request was sent: only that is told.</summary>
    public bool IsSent { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<RequestedAccess.Offer> offer = await requests.ReadOfferAsync(Evaluation ?? "", cancellation);
        if (!offer.Given)
        {
            return await this.RefuseAsync(offer.Refusal);
        }

        Offer = offer.Value;
        Hours ??= Math.Min(4, Offer.HoursMax);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        Answer<RequestedAccess.Asked> asked = await requests.AskForAsync(Evaluation ?? "", Hours ?? 0, Justification ?? "", cancellation);
        if (asked.Given)
        {
            IsSent = true;
            return Page();
        }

        this.Tell(asked.Refusal);
        return await OnGetAsync(cancellation);
    }
}
