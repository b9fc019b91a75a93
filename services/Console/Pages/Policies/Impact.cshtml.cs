using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Policies;

/// <summary>What a draft would have decided otherwise: started, watched, and read as a table.</summary>
internal sealed class ImpactModel(PolicyDrafts drafts, TimeProvider clock) : PageModel
{
    public static readonly (string Key, string Name)[] Columns =
        [("change", "Change"), ("role", "Roles of the subject"), ("department", "Department"), ("policy", "Policy"), ("count", "Decisions")];

    public PolicyDrafts.Draft Draft { get; private set; } = null!;

    /// <summary>How far it is; null when nothing was assessed yet.</summary>
    public PolicyDrafts.Impact? Impact { get; private set; }

    [BindProperty]
    public DateTime? From { get; set; }

    [BindProperty]
    public DateTime? To { get; set; }

    [BindProperty]
    public double? Percent { get; set; }

    [BindProperty(SupportsGet = true)]
    public string Sort { get; set; } = "count";

    [BindProperty(SupportsGet = true)]
    public string Direction { get; set; } = "descending";

    public IEnumerable<PolicyDrafts.ImpactGroup> Groups
    {
        get
        {
            IEnumerable<PolicyDrafts.ImpactGroup> groups = Impact?.Report?.Groups ?? [];
            groups = Sort switch
            {
                "change" => groups.OrderBy(group => group.Change, StringComparer.Ordinal),
                "role" => groups.OrderBy(group => group.Role, StringComparer.Ordinal),
                "department" => groups.OrderBy(group => group.Department, StringComparer.Ordinal),
                "policy" => groups.OrderBy(group => group.Policy, StringComparer.Ordinal),
                _ => groups.OrderBy(group => group.Count),
            };
            return Direction == "ascending" ? groups : groups.Reverse();
        }
    }

    /// <summary>How the table is sorted by a column; null when it is not.</summary>
    public string? SortedBy(string column) => column == Sort ? Direction : null;

    /// <summary>Where the heading of a column leads: sorted by it, or the other way round.</summary>
    public string SortLink(string column) => $"?sort={column}&direction={(SortedBy(column) == "ascending" ? "descending" : "ascending")}";

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellation)
    {
        Answer<PolicyDrafts.Draft> draft = await drafts.ReadAsync(id, cancellation);
        if (!draft.Given)
        {
            return await this.RefuseAsync(draft.Refusal);
        }

        Answer<PolicyDrafts.Impact> impact = await drafts.ReadImpactAsync(id, cancellation);
        if (impact.Refusal is { Code: not "impact_unknown" } refusal)
        {
            return await this.RefuseAsync(refusal);
        }

        (Draft, Impact) = (draft.Value, impact.Value);
        DateTime now = clock.GetUtcNow().UtcDateTime;
        To ??= now.AddMinutes(1);
        From ??= now.AddDays(-7);
        Percent ??= 100;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string id, CancellationToken cancellation)
    {
        Answer<Done> started = await drafts.AssessAsync(id, Utc(From), Utc(To), (Percent ?? 0) / 100, cancellation);
        if (started.Given)
        {
            return Redirect($"/policies/drafts/{id}/impact");
        }

        this.Tell(started.Refusal);
        return await OnGetAsync(id, cancellation);
    }

    private static DateTimeOffset? Utc(DateTime? given) => given is { } time ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : null;
}
