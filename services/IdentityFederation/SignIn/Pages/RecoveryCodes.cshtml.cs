using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>Makes recovery codes and shows them once.</summary>
internal sealed class RecoveryCodesModel(CredentialOwners owners, AccountCommands accounts) : PageModel
{
    public IReadOnlyList<string>? Codes { get; private set; }

    public string BackPath { get; private set; } = AccountPaths.Account;

    public Task<IActionResult> OnGetAsync() => AsOwnerAsync(_ => Task.FromResult<IActionResult>(Page()));

    public Task<IActionResult> OnPostAsync() => AsOwnerAsync(async person =>
    {
        string[] codes = RecoveryCodes.New();
        Refusal? refusal = await accounts.RunAsync(
            HttpContext, person, state => AccountRules.MakeRecoveryCodes(state, codes.Length, accounts.Now),
            AccountSecrets.SetRecoveryCodes(person, [.. codes.Select(code => RecoveryCodes.Hash(person, code))]));
        if (refusal is not null)
        {
            return this.Refuse(refusal);
        }

        Codes = codes;
        return Page();
    });

    private async Task<IActionResult> AsOwnerAsync(Func<string, Task<IActionResult>> act)
    {
        CredentialOwners.Owner owner = await owners.FindAsync(HttpContext, AccountPaths.RecoveryCodes);
        BackPath = owner.Enrolling is null ? AccountPaths.Account : IssueEnrolment.Path;
        return owner.Person is null ? LocalRedirect(owner.SignInPath) : await act(owner.Person);
    }
}
