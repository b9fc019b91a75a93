using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Roles;

/// <summary>All roles that are in use.</summary>
internal sealed class RolesModel(RoleDefinitions roles) : PageModel
{
    public RoleDefinitions.RolePage Found { get; private set; } = null!;

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<RoleDefinitions.RolePage> found = await roles.ListAsync(After, cancellation);
        if (!found.Given)
        {
            return await this.RefuseAsync(found.Refusal);
        }

        Found = found.Value;
        return Page();
    }
}
