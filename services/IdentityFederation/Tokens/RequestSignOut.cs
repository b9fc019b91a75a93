using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using AccessGov.IdentityFederation.Clients;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.SignIn;
using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// A client sends a person here who wants to sign out (RP-Initiated Logout). With an ID token of the session it ends at once; else the
/// person is asked, so that nobody is signed out by a link of somebody else's.
/// </summary>
internal sealed class RequestSignOut(
    Issuance issuance, OpenSessions sessions, SessionBeginning beginning, IdTokens idTokens, SealedCookies cookies,
    IDataProtectionProvider protection, TimeProvider clock)
{
    public const string Path = "/oauth/end-session";
    private const string ConfirmPath = Path + "/confirm";
    private const string ConfirmationField = "confirmation";
    private const string Title = "Sign out";
    private const int ParameterMax = 8_192;

    private static readonly TimeSpan QuestionStands = TimeSpan.FromMinutes(10);
    private readonly IDataProtector protector = protection.CreateProtector("sign out");

    /// <summary>What somebody is asked to confirm: only a page of ours, shown in the session itself, holds it.</summary>
    private sealed record Confirmation(string Session, string? LeadsTo, string Until);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Post], (HttpContext http, RequestSignOut signOut) => signOut.AnswerAsync(http))
            .AllowAnonymous().WithName("endSession").WithTags("OAuth").WithBodyLimit(OAuthAnswer.BodyBytesMax);
        routes.MapPost(ConfirmPath, (HttpContext http, RequestSignOut signOut) => signOut.ConfirmAsync(http))
            .AllowAnonymous().WithName("confirmEndSession").WithTags("OAuth").WithBodyLimit(OAuthAnswer.BodyBytesMax);
    }

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        (OAuthForm? form, string? sentence) = await OAuthForm.ReadAsync(http);
        if (form is null || form.HoldsMoreThan(ParameterMax) || !issuance.IsRead)
        {
            return Page.Fault(sentence ?? "The request is too long, or the service is starting.");
        }

        IdTokens.Hint? hint = form["id_token_hint"] is { } text ? await idTokens.ReadAsync(text) : null;
        string? clientId = form["client_id"] ?? hint?.Client;
        if (hint is not null && clientId != hint.Client)
        {
            return Page.Fault("The application that sent you here named another one than you signed in to.");
        }

        string? leadsTo = form["post_logout_redirect_uri"];
        if (leadsTo is not null && !(clientId is not null && issuance.Clients.TryGetValue(clientId, out KnownClient? client) && !client.State.Disabled
            && client.State.Definition.PostLogoutRedirectUris.Contains(leadsTo, StringComparer.Ordinal)))
        {
            return Page.Fault("The application that sent you here named an address that is not its own.");
        }

        if (leadsTo is not null && form["state"] is { } state)
        {
            leadsTo = QueryHelpers.AddQueryString(leadsTo, "state", state);
        }

        OpenSession? here = await Authorize.SessionOfAsync(http, sessions);
        if (here is not null && here.Id != hint?.Session)
        {
            return Ask(here, leadsTo);
        }

        if (hint is not null && sessions.Find(hint.Session) is { } session && session.State.Person == hint.Person)
        {
            await EndAsync(http, session);
        }

        return Done(http, leadsTo);
    }

    private IResult Ask(OpenSession session, string? leadsTo)
    {
        DateTimeOffset until = clock.GetUtcNow() + QuestionStands;
        string held = protector.Protect(JsonSerializer.Serialize(new Confirmation(session.Id, leadsTo, until.ToString("O", CultureInfo.InvariantCulture))));
        return Page.Question(
            Title, "You will be signed out of all applications that you opened in this browser with this sign-in.", ConfirmPath, ConfirmationField, held,
            leadsTo);
    }

    private async Task<IResult> ConfirmAsync(HttpContext http)
    {
        (OAuthForm? form, string? sentence) = await OAuthForm.ReadAsync(http);
        if (form is null || Held(form[ConfirmationField]) is not { } confirmed)
        {
            return Page.Fault(sentence ?? "The question was asked too long ago, or elsewhere.");
        }

        OpenSession? here = await Authorize.SessionOfAsync(http, sessions);
        if (here is not null && here.Id != confirmed.Session)
        {
            return Page.Fault("You have signed in anew since you were asked.");
        }

        if (here is not null)
        {
            await EndAsync(http, here);
        }

        return Done(http, confirmed.LeadsTo);
    }

    private Confirmation? Held(string? text)
    {
        try
        {
            return text is not null && JsonSerializer.Deserialize<Confirmation>(protector.Unprotect(text)) is { } held
                && DateTimeOffset.Parse(held.Until, CultureInfo.InvariantCulture) > clock.GetUtcNow()
                ? held
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // The event first: a cookie that is gone must not leave a session behind.
    private async Task EndAsync(HttpContext http, OpenSession session)
    {
        await beginning.EndAsync(http, session, SessionEnds.SignedOut);
        await http.SignOutAsync(SessionTickets.Scheme);
        LocalSignIn.Forget(http, cookies);
    }

    private static IResult Done(HttpContext http, string? leadsTo) =>
        leadsTo is null ? Page.Said("You are signed out", "You can close this window.") : Authorize.SeeOther(http, leadsTo);
}
