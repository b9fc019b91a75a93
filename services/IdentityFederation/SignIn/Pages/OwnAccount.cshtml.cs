using System.Buffers.Text;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>What somebody signs in with, and where they are signed in.</summary>
internal sealed class OwnAccountModel(
    LocalSignIn signIn, CredentialOwners owners, AccountCommands accounts, AccountSecrets secrets, PersonDirectory people, OpenSessions sessions,
    SessionBeginning beginning, SealedCookies cookies) : PageModel
{
    public Account Account { get; private set; } = Account.Streams.Initial;

    public string UserName { get; private set; } = "";

    public string Current { get; private set; } = "";

    public IReadOnlyList<AccountSecrets.Passkey> Passkeys { get; private set; } = [];

    public IReadOnlyList<OpenSession> Sessions { get; private set; } = [];

    public int Days(DateTimeOffset since) => (int)(accounts.Now - since).TotalDays;

    public async Task<IActionResult> OnGetAsync() => await ReadAsync() ? Page() : ToSignIn();

    public async Task<IActionResult> OnPostSignOutAsync()
    {
        await HttpContext.SignOutAsync(SessionTickets.Scheme);
        LocalSignIn.Forget(HttpContext, cookies);
        return LocalRedirect("/sign-in?done=out");
    }

    public async Task<IActionResult> OnPostEndSessionAsync(string? id)
    {
        if (!await ReadAsync())
        {
            return ToSignIn();
        }

        // Somebody else's session does not exist here.
        if (Sessions.FirstOrDefault(session => session.Id == id) is not { } over)
        {
            return this.Refuse(Session.Absent);
        }

        await beginning.EndAsync(HttpContext, over, SessionEnds.EndedByOwner);
        return LocalRedirect($"{AccountPaths.Account}?done=session");
    }

    public Task<IActionResult> OnPostRemoveAppAsync() => RemoveAsync(Account.AppKind, null, AccountSecrets.RemoveApp);

    public Task<IActionResult> OnPostRemovePasskeyAsync(string? id) => Base64Url.IsValid(id)
        ? RemoveAsync(Account.PasskeyKind, id, person => AccountSecrets.RemovePasskey(person, Base64Url.DecodeFromChars(id)))
        : RemoveAsync(Account.PasskeyKind, null, AccountSecrets.RemoveApp);

    private async Task<IActionResult> RemoveAsync(string kind, string? id, Func<string, Alongside> alongside)
    {
        CredentialOwners.Owner owner = await owners.FindAsync(HttpContext, AccountPaths.Account);
        if (owner is not { Person: { } person, Enrolling: null })
        {
            return LocalRedirect(owner.Enrolling is null ? owner.SignInPath : IssueEnrolment.Path);
        }

        if (await accounts.RunAsync(HttpContext, person, state => AccountRules.Remove(state, kind, id), alongside(person)) is { } refusal)
        {
            return await ReadAsync() ? this.Refuse(refusal) : ToSignIn();
        }

        // Whoever has the thing that was removed may be signed in with it.
        string? present = (await signIn.SessionAsync(HttpContext))?.Id;
        foreach (OpenSession other in sessions.Of(person).Where(session => session.Id != present))
        {
            await beginning.EndAsync(HttpContext, other, SessionEnds.EndedByOwner);
        }

        return LocalRedirect($"{AccountPaths.Account}?done=removed");
    }

    private async Task<bool> ReadAsync()
    {
        if (await signIn.SessionAsync(HttpContext) is not { } session
            || await people.FindAsync(session.State.Person, HttpContext.RequestAborted) is not { } person)
        {
            return false;
        }

        (Current, UserName) = (session.Id, person.Profile.UserName);
        Account = await accounts.FindAsync(person.Id, HttpContext.RequestAborted);
        Passkeys = await secrets.PasskeysAsync(person.Id, HttpContext.RequestAborted);
        Sessions = sessions.Of(person.Id);
        return true;
    }

    private LocalRedirectResult ToSignIn() => LocalRedirect(QueryHelpers.AddQueryString(SessionsModule.SignInPath, "returnUrl", AccountPaths.Account));
}
