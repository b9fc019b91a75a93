using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>Registers a passkey.</summary>
internal sealed class RegisterPasskeyModel(CredentialOwners owners) : PageModel
{
    private static readonly Refusal NoName = new("passkey_name_malformed", "Call the passkey something, in at most 100 characters.");

    [BindProperty]
    public string? Credential { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    public string BackPath { get; private set; } = AccountPaths.Account;

    public Task<IActionResult> OnGetAsync() => AsOwnerAsync(_ => Task.FromResult<IActionResult>(Page()));

    public Task<IActionResult> OnPostOptionsAsync([FromServices] Passkeys passkeys) => AsOwnerAsync(
        async owner => Content(await passkeys.CreationAsync(HttpContext, owner.Person!), "application/json"));

    public Task<IActionResult> OnPostAsync([FromServices] Passkeys passkeys) => AsOwnerAsync(async owner =>
    {
        Refusal? refusal = Identifiers.IsText(Name ?? "", 100)
            ? await passkeys.RegisterAsync(HttpContext, owner.Person!, Credential ?? "", Name!.Trim(), owner.Enrolling is { OnlySecondFactor: true })
            : NoName;
        return refusal is null ? LocalRedirect(owner.Back("passkey")) : this.Refuse(refusal);
    });

    private async Task<IActionResult> AsOwnerAsync(Func<CredentialOwners.Owner, Task<IActionResult>> act)
    {
        CredentialOwners.Owner owner = await owners.FindAsync(HttpContext, AccountPaths.Passkeys);
        BackPath = owner.Enrolling is null ? AccountPaths.Account : IssueEnrolment.Path;
        return owner.Person is null ? LocalRedirect(owner.SignInPath) : await act(owner);
    }
}
