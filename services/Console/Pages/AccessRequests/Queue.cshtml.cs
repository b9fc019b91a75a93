using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.AccessRequests;

/// <summary>The requests that wait, and what became of others.</summary>
internal sealed class QueueModel(RequestedAccess requests) : PageModel
{
    public RequestedAccess.RequestPage Requests { get; private set; } = null!;

    [BindProperty(SupportsGet = true)]
    public string Status { get; set; } = "pending";

    /// <summary>mine: those that the person has the role to decide; all: every one.</summary>
    [BindProperty(SupportsGet = true)]
    public string Whose { get; set; } = "mine";

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    /// <summary>The request whose form was refused, and what was written there.</summary>
    public (string Id, string? Comment) Refused { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<RequestedAccess.RequestPage> page = await requests.ListAsync(Status == "all" ? null : Status, Whose == "mine", After, cancellation);
        if (!page.Given)
        {
            return await this.RefuseAsync(page.Refusal);
        }

        Requests = page.Value;
        return Page();
    }

    public Task<IActionResult> OnPostApproveAsync(string id, string? comment, CancellationToken cancellation) => DecideAsync(id, true, comment, cancellation);

    public Task<IActionResult> OnPostDenyAsync(string id, string? comment, CancellationToken cancellation) => DecideAsync(id, false, comment, cancellation);

    private async Task<IActionResult> DecideAsync(string id, bool approves, string? comment, CancellationToken cancellation)
    {
        Answer<Done> done = await requests.DecideAsync(id, approves, comment ?? "", cancellation);
        if (done.Given)
        {
            TempData["Notice"] = approves ? "The request is approved: access holds from now on and ends by itself." : "The request is denied.";
            return Redirect($"/access-requests?status={Status}&whose={Whose}");
        }

        Refused = (id, comment);
        this.Tell(done.Refusal);
        return await OnGetAsync(cancellation);
    }
}
