using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clients;
using Npgsql;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Reads the requests of clients and recognises them, by their secret (RFC 6749, 2.3.1) or by a token that they sign (RFC 7523). Whether a
/// client is unknown, disabled or shows something wrong is told to nobody, and costs the same.
/// </summary>
internal sealed class OAuthClients(Issuance issuance, ClientAssertions assertions, FailureLimit failures, TimeProvider clock)
{
    public static readonly Refusal NotReady = new(
        "issuer_not_ready", "The service is reading its clients and keys: try again in a moment.");

    private static readonly Refusal Busy = new(
        "grant_busy", "The same is being shown by somebody else at this moment: try again.");

    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    // What nobody's secret hashes to: compared with where there is nothing to compare with.
    private readonly byte[] nobody = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    /// <param name="Id">Which client it says it is.</param>
    /// <param name="Secret">The secret that it shows.</param>
    /// <param name="Assertion">The token that it signed. A public client shows neither.</param>
    private sealed record Shown(string Id, string? Secret, string? Assertion);

    /// <summary>Answers a client's request, or says what is wrong with it as RFC 6749, 5.2 words it.</summary>
    public async Task<IResult> AnswerAsync(HttpContext http, Func<KnownClient, OAuthForm, ValueTask<IResult>> answer)
    {
        if (!issuance.IsRead)
        {
            http.Response.Headers.RetryAfter = "1";
            return OAuthAnswer.Unavailable(NotReady);
        }

        (OAuthForm? form, string? sentence) = await OAuthForm.ReadAsync(http);
        if (form is null)
        {
            return OAuthAnswer.Refuse(OAuthAnswer.InvalidRequest, sentence!);
        }

        (Shown? shown, IResult? malformed) = ShownIn(http.Request.Headers.Authorization, form);
        if (malformed is not null)
        {
            return malformed;
        }

        // Whoever shows who they are is answered, however often others have failed in their name: secrets are 256 random bits, which nobody
        // guesses.
        if (shown is not null && await RecogniseAsync(shown, http.RequestAborted) is { } client)
        {
            return await AnswerAsync(http, () => answer(client, form));
        }

        if (shown is { Secret: not null } or { Assertion: not null }
            && failures.Failed(shown.Id, http.Connection.RemoteIpAddress?.ToString() ?? "") is { } wait)
        {
            http.Response.Headers.RetryAfter = $"{(int)Math.Ceiling(wait.TotalSeconds)}";
            return OAuthAnswer.Refuse(
                "temporarily_unavailable", "The client failed to show who it is too often: wait.", StatusCodes.Status429TooManyRequests);
        }

        http.Response.Headers.WWWAuthenticate = "Basic realm=\"accessgov\"";
        return OAuthAnswer.Refuse(
            "invalid_client", "The client is not known, or what it shows is wrong.", StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, Func<ValueTask<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (PostgresException e) when (AuthorizationGrants.IsBusy(e))
        {
            http.Response.Headers.RetryAfter = "1";
            return OAuthAnswer.Unavailable(Busy);
        }
    }

    /// <summary>What a request shows: nothing is null; more than one thing is malformed.</summary>
    private static (Shown? Shown, IResult? Malformed) ShownIn(Microsoft.Extensions.Primitives.StringValues authorization, OAuthForm form)
    {
        (string? id, string? secret) = (form["client_id"], form["client_secret"]);
        (string? assertion, string? type) = (form["client_assertion"], form["client_assertion_type"]);
        if ((authorization.Count > 0 ? 1 : 0) + (secret is null ? 0 : 1) + (assertion is null ? 0 : 1) > 1 || authorization.Count > 1)
        {
            return Malformed("A client shows who it is in one way, not in two.");
        }

        if (assertion is not null)
        {
            return type != AssertionType ? Malformed($"client_assertion_type is {AssertionType}.")
                : ClientAssertions.SubjectOf(assertion) is not { } subject ? (new Shown(id ?? "", null, assertion), null)
                : id is null || id == subject ? (new Shown(subject, null, assertion), null)
                : Malformed("client_id is another client than the assertion's.");
        }

        if (authorization.Count == 0)
        {
            return (id is not null ? new Shown(id, secret, null) : null, null);
        }

        Shown? basic = FromBasic(authorization.ToString());
        return basic is not null && id is not null && basic.Id != id
            ? Malformed("client_id is another client than the Authorization header's.")
            : (basic, null);

        static (Shown?, IResult?) Malformed(string sentence) => (null, OAuthAnswer.Refuse(OAuthAnswer.InvalidRequest, sentence));
    }

    /// <summary>Both parts are form-encoded before they are joined (RFC 6749, 2.3.1).</summary>
    private static Shown? FromBasic(string authorization)
    {
        byte[] decoded = new byte[authorization.Length];
        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
            || !Convert.TryFromBase64String(authorization["Basic ".Length..].Trim(), decoded, out int length))
        {
            return null;
        }

        string[] parts = Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2);
        return parts is [{ Length: > 0 } id, { Length: > 0 } secret] ? new Shown(Decoded(id), Decoded(secret), null) : null;
    }

    private static string Decoded(string part) => Uri.UnescapeDataString(part.Replace('+', ' '));

    private async Task<KnownClient?> RecogniseAsync(Shown shown, CancellationToken cancellation)
    {
        KnownClient? known = issuance.Clients.GetValueOrDefault(shown.Id);
        if (shown is { Secret: null, Assertion: null })
        {
            return Of(known, ClientAuthentication.None);
        }

        bool isItself = shown.Assertion is { } assertion
            ? await assertions.AreOfAsync(shown.Id, Of(known, ClientAuthentication.PrivateKeyJwt)?.Keys ?? [], assertion, cancellation)
            : Has(Of(known, ClientAuthentication.Secret), shown.Secret!);
        return isItself ? known : null;
    }

    private static KnownClient? Of(KnownClient? client, ClientAuthentication way) =>
        client is { State: { Disabled: false, Definition.Authentication: var its } } && its == way ? client : null;

    private bool Has(KnownClient? client, string secret)
    {
        byte[] shown = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        byte[] current = client?.State.SecretSha256 is { } sha256 ? Convert.FromHexString(sha256) : nobody;
        byte[] former = client?.State.Former is { } kept && kept.Until > clock.GetUtcNow() ? Convert.FromHexString(kept.Sha256) : nobody;
        return CryptographicOperations.FixedTimeEquals(shown, current) | CryptographicOperations.FixedTimeEquals(shown, former);
    }
}
