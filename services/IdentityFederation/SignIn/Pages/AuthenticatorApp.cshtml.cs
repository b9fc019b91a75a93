using System.Security.Cryptography;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.People;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>Sets an authenticator app up. The secret waits in the form, sealed, until a code shows that the app has it.</summary>
internal sealed class AuthenticatorAppModel(
    CredentialOwners owners, AccountCommands accounts, AccountSecrets secrets, PersonDirectory people, SealedCookies seals) : PageModel
{
    private const string Purpose = "authenticator-app";
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(30);

    private sealed record Waiting(string Person, byte[] Secret);

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Pending { get; set; }

    public string Address { get; private set; } = "";

    public string ShownSecret { get; private set; } = "";

    public QrCode Picture { get; private set; } = new(0, "");

    public string BackPath { get; private set; } = AccountPaths.Account;

    public Task<IActionResult> OnGetAsync() => AsOwnerAsync((owner, userName) =>
    {
        Show(new Waiting(owner.Person!, RandomNumberGenerator.GetBytes(OneTimeCodes.SecretBytes)), userName);
        return Task.FromResult<IActionResult>(Page());
    });

    public Task<IActionResult> OnPostAsync() => AsOwnerAsync(async (owner, userName) =>
    {
        string person = owner.Person!;
        if (seals.Unseal<Waiting>(Purpose, Pending ?? "") is not { } waiting || waiting.Person != person)
        {
            return LocalRedirect(AccountPaths.App);
        }

        Show(waiting, userName);
        string code = new([.. (Code ?? "").Where(char.IsAsciiDigit)]);
        if (OneTimeCodes.StepOf(waiting.Secret, code, accounts.Now) is not { } step)
        {
            return this.Refuse(SecondFactors.WrongCode);
        }

        // The code that showed it is used, too.
        return await accounts.RunAsync(
            HttpContext, person, state => AccountRules.EnrolApp(state, owner.Enrolling is { OnlySecondFactor: true }, accounts.Now), secrets.SetApp(person, waiting.Secret, step)) is { } refusal
            ? this.Refuse(refusal)
            : LocalRedirect(owner.Back("app"));
    });

    private void Show(Waiting waiting, string userName)
    {
        Pending = seals.Seal(Purpose, waiting, Lasts);

        // The form shows what it was sent before it shows what is set here.
        ModelState.Clear();
        Address = OneTimeCodes.AddressOf("AccessGov", userName, waiting.Secret);
        Picture = QrCode.Of(Address);
        ShownSecret = string.Join(' ', OneTimeCodes.Base32(waiting.Secret).Chunk(4).Select(part => new string(part)));
    }

    private async Task<IActionResult> AsOwnerAsync(Func<CredentialOwners.Owner, string, Task<IActionResult>> act)
    {
        CredentialOwners.Owner owner = await owners.FindAsync(HttpContext, AccountPaths.App);
        if (owner.Person is null || await people.FindAsync(owner.Person, HttpContext.RequestAborted) is not { } person)
        {
            return LocalRedirect(owner.SignInPath);
        }

        BackPath = owner.Enrolling is null ? AccountPaths.Account : IssueEnrolment.Path;
        return await act(owner, person.Profile.UserName);
    }
}
