using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Policies;

/// <summary>The policy sets, and the drafts of all of them.</summary>
internal sealed class PoliciesModel(PolicySets sets, PolicyDrafts drafts) : PageModel
{
    public PolicySets.SetNames Sets { get; private set; } = null!;

    public PolicyDrafts.DraftPage Drafts { get; private set; } = null!;

    [BindProperty(SupportsGet = true)]
    public string? State { get; set; } = "open";

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<PolicySets.SetNames> names = await sets.ListAsync(cancellation);
        if (!names.Given)
        {
            return await this.RefuseAsync(names.Refusal);
        }

        Answer<PolicyDrafts.DraftPage> page = await drafts.ListAsync(State == "all" ? null : State, After, cancellation);
        if (!page.Given)
        {
            return await this.RefuseAsync(page.Refusal);
        }

        (Sets, Drafts) = (names.Value, page.Value);
        return Page();
    }
}
