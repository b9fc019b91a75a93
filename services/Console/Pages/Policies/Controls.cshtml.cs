using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Policies;

/// <summary>Which policies in force serve which control of which framework.</summary>
internal sealed class ControlsModel(PolicySets sets) : PageModel
{
    public PolicySets.Controls Controls { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken cancellation)
    {
        Answer<PolicySets.Controls> controls = await sets.ReadControlsAsync(name, cancellation);
        if (!controls.Given)
        {
            return await this.RefuseAsync(controls.Refusal);
        }

        Controls = controls.Value;
        return Page();
    }
}
