using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>All edges and their alarms.</summary>
internal sealed class EdgesModel(EdgesOfArchives edges) : PageModel
{
    public EdgesOfArchives.All All { get; private set; } = null!;

    /// <summary>How many alarms nobody has looked at.</summary>
    public int Open => All.Alarms.Count(alarm => alarm.SettledAt is null);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<EdgesOfArchives.All> found = await edges.ListAsync(cancellation);
        if (!found.Given)
        {
            return await this.RefuseAsync(found.Refusal);
        }

        All = found.Value;
        return Page();
    }
}
