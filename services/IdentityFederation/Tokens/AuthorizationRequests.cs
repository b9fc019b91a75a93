using System.Globalization;
using System.Text.RegularExpressions;
using AccessGov.IdentityFederation.Clients;
using AccessGov.IdentityFederation.Sessions;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>Reads authorization requests.</summary>
internal static partial class AuthorizationRequests
{
    private const int ParameterMax = 2_000;

    // The way to the sign-in page and back holds the request twice encoded in one address.
    private const int QueryMax = 3_000;

    /// <summary>What is wrong with a request. Until the address is known to be the client's, nobody is sent there.</summary>
    /// <param name="Error">The code of RFC 6749, 4.1.2.1 or an extension.</param>
    /// <param name="Sentence">Why.</param>
    /// <param name="RedirectUri">Where the client hears of it; null when the person is told.</param>
    /// <param name="State">What the client wants to hear again.</param>
    /// <param name="Mode">How it hears.</param>
    public sealed record Fault(
        string Error, string Sentence, string? RedirectUri = null, string? State = null, ResponseMode Mode = ResponseMode.Query);

    /// <summary>What response_mode is for each mode.</summary>
    public static IReadOnlyDictionary<string, ResponseMode> Modes { get; } =
        new Dictionary<string, ResponseMode>(StringComparer.Ordinal)
        {
            ["query"] = ResponseMode.Query, ["form_post"] = ResponseMode.FormPost,
        };

    public static (AuthorizationRequest? Request, Fault? Fault) Read(OAuthForm form, IReadOnlyDictionary<string, KnownClient> clients)
    {
        if (form.HoldsMoreThan(ParameterMax) || form.QueryWithout(Authorize.AskedParameter).Length > QueryMax)
        {
            return (null, new Fault(OAuthAnswer.InvalidRequest, "The request is too long, or holds what no text has."));
        }

        if (form["client_id"] is not { } id || !clients.TryGetValue(id, out KnownClient? client) || client.State.Disabled
            || !client.State.Definition.Grants.Contains(ClientGrant.AuthorizationCode))
        {
            return (null, new Fault("unauthorized_client", "The application that sent you here is not known here."));
        }

        if (form["redirect_uri"] is not { } redirect || !ClientAddresses.IsRedirectOf(client.State.Definition, redirect))
        {
            return (null, new Fault(
                OAuthAnswer.InvalidRequest, "The application that sent you here named an address that is not its own."));
        }

        (AuthorizationRequest? request, string error, string sentence) = Checked(form, client, redirect);
        return request is null
            ? (null, new Fault(error, sentence, redirect, form["state"], ModeOf(form) ?? ResponseMode.Query))
            : (request, null);
    }

    private static (AuthorizationRequest? Request, string Error, string Sentence) Checked(
        OAuthForm form, KnownClient client, string redirect)
    {
        ClientDefinition definition = client.State.Definition;
        string[] scopes = Given(Words(form["scope"]), definition);
        string[] prompts = Words(form["prompt"]);
        string[] contexts = Words(form["acr_values"]);
        string audience = form["resource"] ?? definition.Audiences[0];
        (string? challenge, string? age) = (form["code_challenge"], form["max_age"]);
        return form switch
        {
            _ when form["request"] is not null => Refuse("request_not_supported", "Send the parameters themselves."),
            _ when form["request_uri"] is not null => Refuse("request_uri_not_supported", "Send the parameters themselves."),
            _ when form["response_type"] is null => Refuse(OAuthAnswer.InvalidRequest, "response_type is missing."),
            _ when form["response_type"] != "code" => Refuse("unsupported_response_type", "The response type here is code."),
            _ when ModeOf(form) is null => Refuse(OAuthAnswer.InvalidRequest, "The response mode here is query or form_post."),
            _ when challenge is null || !ChallengePattern().IsMatch(challenge) || form["code_challenge_method"] != "S256" =>
                Refuse(OAuthAnswer.InvalidRequest, "Send code_challenge with the method S256 (RFC 7636)."),
            _ when scopes.Length == 0 => Refuse(OAuthAnswer.InvalidScope, "Name scopes in scope that the client may ask for."),
            _ when !definition.Audiences.Contains(audience, StringComparer.Ordinal) =>
                Refuse(OAuthAnswer.InvalidTarget, "The client may not ask for tokens for this resource."),
            _ when prompts.Except(["none", "login", "consent", "select_account"]).Any()
                || (prompts.Contains("none") && prompts.Length > 1) =>
                Refuse(OAuthAnswer.InvalidRequest, "prompt is none or login."),
            _ when age is not null && !age.All(char.IsAsciiDigit) => Refuse(OAuthAnswer.InvalidRequest, "max_age is a number of seconds."),

            // Somebody who asks for what nobody can show is not given something weaker instead (RFC 9470, 5).
            _ when contexts.Length > 0 && contexts.All(one => AuthenticationContexts.StrengthOf(one) == 0) =>
                Refuse("unmet_authentication_requirements", "No authentication context that is asked for is known here."),
            _ => (new AuthorizationRequest(client, redirect, form["state"], scopes, audience, challenge)
            {
                Nonce = form["nonce"],
                LoginHint = form["login_hint"],
                Context = contexts.MaxBy(AuthenticationContexts.StrengthOf),
                IdTokenHint = form["id_token_hint"],
                Mode = ModeOf(form)!.Value,

                // More than fits is more than anybody is signed in for.
                MaxAge = int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
                    ? TimeSpan.FromSeconds(seconds)
                    : null,

                // Nobody is asked for consent, and there is one account to choose: whoever shows again who they are has chosen.
                // A program on the person's own device proves nothing about itself, and another one may listen where it does: nothing is
                // given without the person's doing something (RFC 8252, 8.6).
                SignInAgain = prompts.Contains("login") || prompts.Contains("select_account")
                    || ClientAddresses.IsOnDevice(definition, redirect),
                MayAsk = !prompts.Contains("none"),
            }, "", ""),
        };

        static (AuthorizationRequest?, string, string) Refuse(string error, string sentence) => (null, error, sentence);
    }

    // Scopes that are not understood are ignored (OpenID Connect Core, 3.1.2.1), and those that the client may not ask for (RFC 6749, 3.3):
    // the answer names what is given. So are refresh tokens for whoever may not have any (Core, 11).
    private static string[] Given(string[] asked, ClientDefinition definition) =>
    [
        .. asked.Distinct(StringComparer.Ordinal).Where(scope => scope == OpenIdScopes.OfflineAccess
            ? definition.OfflineAccess
            : OpenIdScopes.All.Contains(scope) || definition.Scopes.Contains(scope, StringComparer.Ordinal)),
    ];

    private static ResponseMode? ModeOf(OAuthForm form) =>
        form["response_mode"] is not { } mode ? ResponseMode.Query : Modes.TryGetValue(mode, out ResponseMode known) ? known : null;

    private static string[] Words(string? text) => text?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    [GeneratedRegex(@"^[A-Za-z0-9_-]{43}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ChallengePattern();
}
