using System.Globalization;
using AccessGov.Console.Pages.SignIn;
using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>Who asks to open what is sealed in old entries: one's own requests, and those of others to decide.</summary>
internal sealed class UnsealRequestsModel(SealedArchive archive, SignedInPerson viewer, TimeProvider clock) : PageModel
{
    public const string ApproverScope = "audit.unseal.approve";
    private const string Here = "/audit/unseal-requests";

    /// <summary>A request and whether whoever looks may decide it.</summary>
    public sealed record Item(SealedArchive.Request Request, bool MayDecide, bool IsMine, DateTimeOffset Now);

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? AfterMine { get; set; }

    [BindProperty]
    public string? Entries { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Of everybody; null for whoever may not decide.</summary>
    public SealedArchive.RequestPage? Others { get; private set; }

    /// <summary>Null for whoever may open nothing.</summary>
    public SealedArchive.RequestPage? Mine { get; private set; }

    public Item Of(SealedArchive.Request request, bool mayDecide)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return new Item(
            request, mayDecide && request.State == "requested" && now <= request.DecideBy, request.RequestedBy == viewer.Id, now);
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        // Whoever may neither is told so by the service.
        if (viewer.May(ApproverScope))
        {
            Answer<SealedArchive.RequestPage> others = await archive.OfEverybodyAsync(After, cancellation);
            if (!others.Given)
            {
                return await this.RefuseAsync(others.Refusal);
            }

            // Nobody decides what they asked for; it stands among what is theirs.
            Others = others.Value with { Requests = [.. others.Value.Requests.Where(request => request.RequestedBy != viewer.Id)] };
        }

        if (Others is null || viewer.May(EntryModel.UnsealScope))
        {
            Answer<SealedArchive.RequestPage> mine = await archive.MineAsync(AfterMine, cancellation);
            if (!mine.Given)
            {
                return await this.RefuseAsync(mine.Refusal);
            }

            Mine = mine.Value;
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAskAsync(CancellationToken cancellation)
    {
        string[] numbers = (Entries ?? "").Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        // What is no number is refused by the service, as the number that no entry has.
        long[] sequences = [.. numbers.Select(number =>
            long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence) ? sequence : -1)];
        Answer<SealedArchive.Request> asked = await archive.AskForAsync(sequences, Reason, cancellation);
        return await AfterAsync(asked, "A colleague who may approve it finds your request in their list now.", cancellation);
    }

    public async Task<IActionResult> OnPostApproveAsync(string? id, CancellationToken cancellation) => await AfterAsync(
        await archive.DecideAsync(id, true, cancellation), "Approved: whoever asked may open these entries for 24 hours.", cancellation);

    public async Task<IActionResult> OnPostDenyAsync(string? id, CancellationToken cancellation) =>
        await AfterAsync(await archive.DecideAsync(id, false, cancellation), "The request is denied.", cancellation);

    private async Task<IActionResult> AfterAsync<T>(Answer<T> done, string notice, CancellationToken cancellation)
    {
        if (done.Given)
        {
            TempData["Notice"] = notice;
            return Redirect(Here);
        }

        this.Tell(done.Refusal);
        return await OnGetAsync(cancellation);
    }
}
