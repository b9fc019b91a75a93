using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>Asks somebody who has shown a factor for another one.</summary>
internal sealed class SecondFactorModel(LocalSignIn signIn, SecondFactors factors, AccountCommands accounts) : PageModel
{
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Credential { get; set; }

    /// <summary>What of theirs is good for what is needed.</summary>
    public Offer Offered { get; private set; } = new(false, false, false);

    public sealed record Offer(bool App, bool Passkey, bool RecoveryCode);

    public async Task<IActionResult> OnGetAsync()
    {
        if (await signIn.TicketAsync(HttpContext) is not { } ticket)
        {
            return LocalRedirect(SessionsModule.SignInPath);
        }

        await OfferAsync(ticket);
        return Page();
    }

    public Task<IActionResult> OnPostAsync() => CheckAsync(ticket => factors.CheckCodeAsync(HttpContext, ticket.Person, Code ?? ""));

    public Task<IActionResult> OnPostRecoveryCodeAsync() =>
        CheckAsync(ticket => factors.CheckRecoveryCodeAsync(HttpContext, ticket.Person, Code ?? ""));

    public async Task<IActionResult> OnPostPasskeyOptionsAsync([FromServices] Passkeys passkeys) =>
        await signIn.TicketAsync(HttpContext) is { } ticket
        ? Content(await passkeys.RequestAsync(HttpContext, ticket.Person), "application/json")
        : Refused(PageRefusals.TicketSpent);

    public async Task<IActionResult> OnPostPasskeyAsync([FromServices] Passkeys passkeys)
    {
        if (await signIn.TicketAsync(HttpContext) is not { } ticket)
        {
            return Refused(PageRefusals.TicketSpent);
        }

        Passkeys.Shown shown = await passkeys.CheckAsync(HttpContext, Credential ?? "", ticket.Person);
        await OfferAsync(ticket);
        return shown.Refusal is { } refusal
            ? this.Refuse(refusal)
            : this.Follow(await signIn.GoOnAsync(HttpContext, ticket.Person,
                [.. ticket.Methods.Union(shown.Methods, StringComparer.Ordinal)], ticket.Wish, ticket.Vouched));
    }

    private async Task<IActionResult> CheckAsync(Func<SignInTicket, Task<Refusal?>> check)
    {
        if (await signIn.TicketAsync(HttpContext) is not { } ticket)
        {
            return Refused(PageRefusals.TicketSpent);
        }

        await OfferAsync(ticket);
        return await check(ticket) is { } refusal
            ? this.Refuse(refusal)
            : this.Follow(await signIn.GoOnAsync(HttpContext, ticket.Person,
                [.. ticket.Methods.Union(["otp", "mfa"], StringComparer.Ordinal)], ticket.Wish, ticket.Vouched));
    }

    private async Task OfferAsync(SignInTicket ticket)
    {
        Account account = await accounts.FindAsync(ticket.Person, HttpContext.RequestAborted);
        bool codes = AuthenticationContexts.Satisfies(AuthenticationContexts.MultiFactor, ticket.Needed);
        Offered = new Offer(codes && account.AppEnrolledAt is not null, !account.Passkeys.IsEmpty, codes && account.RecoveryCodesLeft > 0);
    }

    private PageResult Refused(Refusal refusal) => this.Refuse(refusal);
}
