using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.SignIn;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>Takes what an identity provider says of somebody, by way of their browser (HTTP-POST).</summary>
internal sealed class TakeSamlResponse(
    SamlProviders providers, SentRequests requests, UsedOnce used, FederatedSignIn federated, TimeProvider clock,
    ILogger<TakeSamlResponse> logger)
{
    // The largest message, as base64 in a form.
    private const long BodyBytesMax = 640 * 1024;
    private const string AgainField = "again";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost($"{SamlModule.PathPattern}/acs", (string name, TakeSamlResponse take, HttpContext http) => take.AnswerAsync(http, name))
        .AllowAnonymous().ExcludeFromDescription().WithBodyLimit(BodyBytesMax);

    private async Task<IResult> AnswerAsync(HttpContext http, string name)
    {
        (OAuthForm? form, _) = await OAuthForm.ReadAsync(http);
        (SamlPartner? partner, Refusal? refusal) = await providers.FindAsync(name, http.RequestAborted);
        if (form?["SAMLResponse"] is not { } response || partner is null)
        {
            return Refuse(name, refusal ?? SamlRefusals.Malformed);
        }

        if (form[AgainField] is null)
        {
            return SamlPages.SendAgain(partner.Own.Consumer, ("SAMLResponse", response), ("RelayState", form["RelayState"]),
                (AgainField, "yes"));
        }

        http.Response.Headers.CacheControl = "no-store";
        DateTimeOffset now = clock.GetUtcNow();
        (SentRequest Request, SignInWish Wish)? sent = requests.Take(http, name, form["RelayState"]);
        var expected = new SamlExpectation(
            name, partner.Options, partner.Known.Certificates, partner.DecryptionKeys, partner.Own.EntityId, partner.Own.Consumer,
            sent?.Request);
        byte[] bytes = new byte[response.Length];
        SamlReading reading = Convert.TryFromBase64String(response, bytes, out int length)
            ? SamlResponses.Read(bytes[..length], expected, now)
            : new SamlReading.Refused(SamlRefusals.Malformed);
        return reading switch
        {
            SamlReading.Refused refused => Refuse(name, refused.Reason),
            SamlReading.Believed believed => await GoOnAsync(http, believed, partner, sent),
            _ => throw new InvalidOperationException($"{reading.GetType().Name} is no reading of a response."),
        };
    }

    private async Task<IResult> GoOnAsync(HttpContext http, SamlReading.Believed believed, SamlPartner partner,
        (SentRequest Request, SignInWish Wish)? sent)
    {
        if (sent is { Request: var request } && !await requests.AnswerAsync(partner.Name, request, http.RequestAborted))
        {
            return Refuse(partner.Name, SamlRefusals.RequestUnknown);
        }

        if (!await used.UseAsync(UsedOnce.SamlMessage, partner.Options.EntityId, believed.AssertionId,
            believed.GoodUntil + partner.Options.ClockSkew, http.RequestAborted))
        {
            return Refuse(partner.Name, SamlRefusals.Replayed);
        }

        Step step = await federated.GoOnAsync(http, believed.Identity, sent?.Wish ?? new SignInWish(null, null));
        return step.Refusal is { } refusal ? Refuse(partner.Name, refusal) : Results.LocalRedirect(step.Path!);
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
