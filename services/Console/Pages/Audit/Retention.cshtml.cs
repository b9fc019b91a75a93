using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>The retention schedule: by which law what is kept, for how long, and when which keys expire.</summary>
internal sealed class RetentionModel(TrailRetention retention, TimeProvider clock) : PageModel
{
    public TrailRetention.Schedule Schedule { get; private set; } = null!;

    public (string Words, string Mark) InWords(TrailRetention.Expiry expiry) =>
        expiry.Held == expiry.Keys ? ("held", "warn")
        : expiry.ExpiresAt is not { } at ? ("does not expire", "plain")
        : at > clock.GetUtcNow() ? ("is kept", "good")
        : ("has expired", "bad");

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<TrailRetention.Schedule> schedule = await retention.ScheduleAsync(cancellation);
        if (!schedule.Given)
        {
            return await this.RefuseAsync(schedule.Refusal);
        }

        Schedule = schedule.Value;
        return Page();
    }
}
