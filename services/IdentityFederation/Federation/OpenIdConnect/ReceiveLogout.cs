using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

/// <summary>
/// An identity provider says that somebody has signed out there (Back-Channel Logout): the sessions that rest on that are over here.
/// </summary>
internal sealed class ReceiveLogout(
    IOptions<IdentityProvidersOptions> providers, ProviderTokens tokens, OpenSessions sessions, PersonDirectory people, IEventStore store,
    CommandRunner commands, UsedOnce used, ProviderLogouts logouts, ILogger<ReceiveLogout> logger)
{
    public const string Path = "/sign-in/providers/{provider}/backchannel-logout";
    private const string TokenField = "logout_token";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(Path, (string provider, HttpContext http, ReceiveLogout receive) => receive.AnswerAsync(http, provider))
        .AllowAnonymous().WithName("receiveBackchannelLogout").WithTags("Federation").WithBodyLimit(OAuthAnswer.BodyBytesMax)
        .WithDescribedForm([TokenField], []);

    private async Task<IResult> AnswerAsync(HttpContext http, string provider)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!providers.Value.TryGetValue(provider, out IdentityProviderOptions? there) || there.OpenIdConnect is null)
        {
            return OAuthAnswer.Refuse(OAuthAnswer.InvalidRequest, "There is no such identity provider.", StatusCodes.Status404NotFound);
        }

        (OAuthForm? form, string? sentence) = await OAuthForm.ReadAsync(http);
        if (form?[TokenField] is not { } text)
        {
            return OAuthAnswer.Refuse(OAuthAnswer.InvalidRequest, sentence ?? "The request has no logout_token.");
        }

        // Sessions that are not read yet cannot be ended: the provider is to come again.
        if (commands.Refused(http) is { } notNow || !sessions.IsRead)
        {
            return Later(http);
        }

        try
        {
            ProviderTokens.Read read = await tokens.ReadLogoutTokenAsync(provider, there.OpenIdConnect, text, http.RequestAborted);
            string? fault = read.Fault ?? (await used.IsUsedAsync("logout", provider, read.Token!.Id, http.RequestAborted)
                ? "used already" : null);
            if (fault is not null)
            {
                FederationLog.LogoutRefused(logger, provider, fault);
                return OAuthAnswer.Refuse(OAuthAnswer.InvalidRequest, "The logout token is none that is good here and now.");
            }

            // First, so that no sign-in that is half done slips through.
            if (!await logouts.RememberAsync(read.Token!.Issuer, NamesOf(read.Token), http.RequestAborted))
            {
                return Later(http);
            }

            int ended = await EndAsync(http, provider, read.Token);

            // Used when it has done its work: one that failed on the way may come again.
            DateTimeOffset until = new DateTimeOffset(read.Token.ValidTo, TimeSpan.Zero) + ProviderTokens.ClockDifferenceMax;
            await used.UseAsync("logout", provider, read.Token.Id, until, http.RequestAborted);
            FederationLog.SignedOut(logger, provider, ended);
            return Results.Ok();
        }
        catch (ProviderUnavailableException e)
        {
            FederationLog.Unavailable(logger, provider, e.Message);
            return Later(http);
        }
        catch (Exception e) when (CommandRunner.NotWritten(e) is not null)
        {
            return Later(http);
        }
    }

    private static IResult Later(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "5";
        return OAuthAnswer.Refuse("temporarily_unavailable", "Send it again in a moment.", StatusCodes.Status503ServiceUnavailable);
    }

    // Where both are named, it is that session of that subject.
    private static IReadOnlyList<string> NamesOf(JsonWebToken token) =>
        token.TryGetPayloadValue("sid", out string? session) && session is not null
            ? Identity.NamesOf(session, null) : Identity.NamesOf(null, token.Subject);

    private async Task<int> EndAsync(HttpContext http, string provider, JsonWebToken token)
    {
        string? person = string.IsNullOrEmpty(token.Subject)
            ? null
            : (await people.FindByIdentityAsync(token.Issuer, token.Subject, http.RequestAborted))?.Id ?? "";
        OpenSession[] over =
        [
            .. (token.TryGetPayloadValue("sid", out string? session) && session is not null
                ? sessions.OfProvider(token.Issuer, session) : sessions.Of(person ?? ""))
                .Where(open => open.State.Proof.Provider == token.Issuer && (person is null || open.State.Person == person)),
        ];
        var receipts = new List<AppendReceipt>();
        foreach (OpenSession open in over)
        {
            CommandResult<Session> result = await store.RunAsync(
                Session.Streams, open.Id, state => EndSession.Decide(state, SessionEnds.ProviderSignedOut, null, commands.Now),
                new EventMetadata(Actor: Refusals.Service, Source: $"identity provider {provider}"));
            if (result is CommandResult<Session>.Accepted accepted)
            {
                receipts.Add(accepted.Receipt);
            }
        }

        await commands.TellPositionAsync(http, receipts);
        return over.Length;
    }
}
