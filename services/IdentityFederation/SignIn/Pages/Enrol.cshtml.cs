using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>
/// Follows an enrolment link. Opening it changes nothing, because mail programs open links to look at them; beginning spends it.
/// </summary>
internal sealed class EnrolModel(AccountCommands accounts, CredentialOwners owners, SealedCookies cookies) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "token")]
    public string? Token { get; set; }

    public Account? Account { get; private set; }

    public bool OnlySecondFactor { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (Token is null && await owners.EnrolmentAsync(HttpContext) is { } enrolling)
        {
            Account = await accounts.FindAsync(enrolling.Person, HttpContext.RequestAborted);
            OnlySecondFactor = enrolling.OnlySecondFactor;
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        // The token names its person, so that one stream is read, and only its hash is compared.
        (string token, int point) = (Token ?? "", Token?.LastIndexOf('.') ?? -1);
        string person = point > 0 ? token[..point] : "nobody";
        Refusal? refusal = await accounts.RunAsync(
            HttpContext, Identifiers.IsForeign(person) ? person : "nobody",
            state => AccountRules.UseLink(state, IssueEnrolment.Hash(token[(point + 1)..]), accounts.Now));
        if (refusal is not null)
        {
            Token = null;
            return this.Refuse(refusal);
        }

        await owners.EnrolAsync(HttpContext, person, onlySecondFactor: false);
        return LocalRedirect(IssueEnrolment.Path);
    }

    public IActionResult OnPostFinish()
    {
        cookies.Delete(HttpContext, Enrolment.Cookie);
        return LocalRedirect("/sign-in?done=enrolled");
    }
}
