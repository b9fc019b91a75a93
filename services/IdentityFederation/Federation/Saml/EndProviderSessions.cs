using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>
/// Ends the sessions of whoever has signed out at their identity provider, which says so by way of their browser, and answers it.
/// </summary>
internal sealed class EndProviderSessions(
    SamlProviders providers, UsedOnce used, ProviderLogouts logouts, OpenSessions sessions, SessionBeginning beginning, TimeProvider clock,
    ILogger<EndProviderSessions> logger)
{
    private const long BodyBytesMax = 128 * 1024;
    private const string Parameter = "SAMLRequest";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapMethods($"{SamlModule.PathPattern}/logout", [HttpMethods.Get, HttpMethods.Post],
            (string name, EndProviderSessions end, HttpContext http) =>
            end.AnswerAsync(http, name))
        .AllowAnonymous().ExcludeFromDescription().WithBodyLimit(BodyBytesMax);

    private async Task<IResult> AnswerAsync(HttpContext http, string name)
    {
        (SamlPartner? partner, Refusal? refusal) = await providers.FindAsync(name, http.RequestAborted);
        if (partner is null)
        {
            return Refuse(name, refusal!);
        }

        DateTimeOffset now = clock.GetUtcNow();
        (SamlLogoutRequest? request, string? relayState, refusal) = HttpMethods.IsGet(http.Request.Method)
            ? ReadQuery(http, partner, now)
            : await ReadFormAsync(http, partner, now);
        if (request is null)
        {
            return Refuse(name, refusal!);
        }

        // Sessions that are not read yet cannot be ended: the provider is to come again.
        if (!sessions.IsRead)
        {
            return Refuse(name, SamlRefusals.ProviderUnavailable);
        }

        if (await used.IsUsedAsync(UsedOnce.SamlMessage, partner.Options.EntityId, request.Id, http.RequestAborted))
        {
            return Refuse(name, SamlRefusals.Replayed);
        }

        // First, so that no sign-in that is half done slips through.
        if (!await logouts.RememberAsync(
            partner.Options.EntityId, SamlAssertion.NamesOf(request.NameId, request.Sessions), http.RequestAborted))
        {
            return Refuse(name, SamlRefusals.ProviderUnavailable);
        }

        OpenSession[] over =
            [.. sessions.All.Where(open => open.State.Proof.Provider == partner.Options.EntityId && IsMeant(open, request))];
        foreach (OpenSession session in over)
        {
            await beginning.EndAsync(http, session, SessionEnds.ProviderSignedOut);
        }

        // Used when it has done its work: one that failed on the way may come again.
        await used.UseAsync(UsedOnce.SamlMessage, partner.Options.EntityId, request.Id, request.GoodUntil, CancellationToken.None);
        Log.Ended(logger, name, over.Length);
        http.Response.Headers.CacheControl = "no-store";
        return partner.Known.SignOutUrl is { } back
            ? Authorize.SeeOther(http, RedirectBinding.Write(
                back, "SAMLResponse", SamlMessages.LogoutResponse(request.Id, partner, back, now), relayState, partner.SigningKey))
            : Page.Said("You are signed out", "You can close this window.");
    }

    private static bool IsMeant(OpenSession open, SamlLogoutRequest request) => open.State.Proof.ProviderSession is { } session
        && (request.Sessions.Count == 0
            ? session.StartsWith(SamlAssertion.ProviderSessionsOf(request.NameId), StringComparison.Ordinal)
            // One whose index the provider has not told may be any of theirs.
            : session == SamlAssertion.ProviderSessionsOf(request.NameId)
                || request.Sessions.Any(index => session == SamlAssertion.ProviderSession(request.NameId, index)));

    private static (SamlLogoutRequest? Request, string? RelayState, Refusal? Refusal) ReadQuery(
        HttpContext http, SamlPartner partner, DateTimeOffset now)
    {
        (byte[]? xml, string? relayState, Refusal? refusal) =
            RedirectBinding.Read(http.Request.QueryString.Value ?? "", Parameter, partner.Known.Certificates);
        if (xml is null)
        {
            return (null, null, refusal);
        }

        (SamlLogoutRequest? request, refusal) = SamlLogoutRequests.Read(xml, isSigned: true, partner, now);
        return (request, relayState, refusal);
    }

    private static async Task<(SamlLogoutRequest? Request, string? RelayState, Refusal? Refusal)> ReadFormAsync(
        HttpContext http, SamlPartner partner, DateTimeOffset now)
    {
        (OAuthForm? form, _) = await OAuthForm.ReadAsync(http);
        string message = form?[Parameter] ?? "";
        byte[] bytes = new byte[message.Length];
        if (!Convert.TryFromBase64String(message, bytes, out int length))
        {
            return (null, null, SamlRefusals.Malformed);
        }

        (SamlLogoutRequest? request, Refusal? refusal) = SamlLogoutRequests.Read(bytes[..length], isSigned: false, partner, now);
        return (request, form?["RelayState"], refusal);
    }

    private IResult Refuse(string name, Refusal refusal)
    {
        if (refusal != FederationRefusals.ProviderUnknown)
        {
            Log.Refused(logger, name, refusal.Code);
        }

        return SamlPages.Refused(refusal);
    }
}
