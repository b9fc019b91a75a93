using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.Organisations;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>Sets a password. Every other session of the person ends: whoever knew the former one is out.</summary>
internal sealed class PasswordModel(
    CredentialOwners owners, AccountCommands accounts, PersonDirectory people, OrganisationDirectory organisations, PasswordRules rules,
    IPasswordHasher<PasskeyOwner> hasher, OpenSessions sessions, SessionBeginning beginning, LocalSignIn signIn) : PageModel
{
    private static readonly Refusal NotTheSame = new("password_repeated_otherwise", "The two passwords are not the same: type both again.");
    private static readonly Refusal NotWithPassword = new(
        "password_kept", "You came with your password, which stays: change it on your account page when you have signed in.");

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? Repeated { get; set; }

    public int LengthMin => rules.LengthMin;

    public string UserName { get; private set; } = "";

    public string BackPath { get; private set; } = AccountPaths.Account;

    public Task<IActionResult> OnGetAsync() => AsOwnerAsync((_, _) => Task.FromResult<IActionResult>(Page()));

    public Task<IActionResult> OnPostAsync() => AsOwnerAsync(async (owner, entry) =>
    {
        Refusal? refusal = owner.Enrolling is { OnlySecondFactor: true } ? NotWithPassword
            : Password != Repeated ? NotTheSame
            : rules.Fault(
                Password ?? "", UserName,
                PasswordRules.WordsOf(entry.Profile, await organisations.NameOfAsync(entry.Organisation, HttpContext.RequestAborted)));
        string person = owner.Person!;
        refusal ??= await accounts.RunAsync(
            HttpContext, person, _ => new PasswordSet(accounts.Now),
            AccountSecrets.SetPassword(person, hasher.HashPassword(new(person, UserName), Password!)));
        if (refusal is not null)
        {
            return this.Refuse(refusal);
        }

        string? present = owner.Enrolling is null ? (await signIn.SessionAsync(HttpContext))?.Id : null;
        foreach (OpenSession other in sessions.Of(person).Where(session => session.Id != present))
        {
            await beginning.EndAsync(HttpContext, other, SessionEnds.EndedByOwner);
        }

        if (owner.Enrolling is not null)
        {
            await owners.EnrolAsync(HttpContext, person, onlySecondFactor: false);
        }

        return LocalRedirect(owner.Back("password"));
    });

    private async Task<IActionResult> AsOwnerAsync(Func<CredentialOwners.Owner, PersonDirectory.Entry, Task<IActionResult>> act)
    {
        CredentialOwners.Owner owner = await owners.FindAsync(HttpContext, AccountPaths.Password);
        if (owner.Person is null || await people.FindAsync(owner.Person, HttpContext.RequestAborted) is not { } person)
        {
            return LocalRedirect(owner.SignInPath);
        }

        (UserName, BackPath) = (person.Profile.UserName, owner.Enrolling is null ? AccountPaths.Account : IssueEnrolment.Path);
        return await act(owner, person);
    }
}
