using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.SignIn;
using AccessGov.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// The authorization endpoint: whoever is signed in, lately and strongly enough, is sent back to the client with a code; anybody else to
/// the sign-in page and then here again. Nobody is asked for consent: the clients are the hospital's own.
/// </summary>
internal sealed class Authorize(
    Issuance issuance, OpenSessions sessions, AuthorizationGrants grants, NeededContexts contexts, ScopesOfPeople people,
    IdTokens idTokens, IDataProtectionProvider protection, TimeProvider clock)
{
    public const string Path = "/oauth/authorize";

    /// <summary>When a person was first asked for a request, in the address under which they come back from the sign-in page.</summary>
    public const string AskedParameter = "asked_at";

    private static readonly TimeSpan AskedFor = TimeSpan.FromMinutes(30);
    private readonly IDataProtector protector = protection.CreateProtector("authorization request");

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapMethods(Path, [HttpMethods.Get, HttpMethods.Post], (HttpContext http, Authorize authorize) => authorize.AnswerAsync(http))
        .AllowAnonymous().WithName("authorize").WithTags("OAuth").WithBodyLimit(OAuthAnswer.BodyBytesMax);

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        if (!issuance.IsRead)
        {
            http.Response.Headers.RetryAfter = "1";
            return Page.Fault(OAuthClients.NotReady.Sentence, StatusCodes.Status503ServiceUnavailable);
        }

        (OAuthForm? form, string? sentence) = await OAuthForm.ReadAsync(http);
        if (form is null)
        {
            return Page.Fault(sentence!);
        }

        (AuthorizationRequest? request, AuthorizationRequests.Fault? fault) = AuthorizationRequests.Read(form, issuance.Clients);
        if (request is null)
        {
            return fault!.RedirectUri is { } known
                ? Back(http, known, fault.Mode, ("error", fault.Error), ("error_description", fault.Sentence), ("state", fault.State))
                : Page.Fault(fault.Sentence);
        }

        IdTokens.Hint? expected = request.IdTokenHint is { } text ? await idTokens.ReadAsync(text) : null;
        if (request.IdTokenHint is not null && expected is null)
        {
            return Refuse(http, request, OAuthAnswer.InvalidRequest, "id_token_hint is no ID token of ours, or its key is gone.");
        }

        return await AnswerAsync(http, request, expected, form);
    }

    private async Task<IResult> AnswerAsync(HttpContext http, AuthorizationRequest request, IdTokens.Hint? expected, OAuthForm form)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string query = form.QueryWithout(AskedParameter);
        DateTimeOffset? asked = AskedAt(form[AskedParameter], query, now);
        OpenSession? session = await SessionOfAsync(http, sessions);
        if (session is not null)
        {
            // A session that began inside, or before its person joined a group, is asked for more where and when it is used. Not at a
            // refresh: that comes from the client's server, whose address says nothing of the person's.
            request = request with { Context = await contexts.OfAsync(http, session.State.Person, request.Context) };
            if (await people.WantMoreFactorsAsync(session.State.Person, request.Scopes, http.RequestAborted))
            {
                request = request.WithAtLeast(AuthenticationContexts.MultiFactor);
            }
        }

        bool isMet = session is not null && request.IsMetBy(session.State.Proof.Context, session.State.AuthenticatedAt, asked, now);
        if (session is not null && expected is not null && expected.Person != session.State.Person)
        {
            // Whoever is expected may sign in; who has just signed in for this request as somebody else is not asked again.
            isMet = false;
            request = request with { SignInAgain = true, MayAsk = request.MayAsk && !(session.State.AuthenticatedAt >= asked) };
        }

        if (isMet)
        {
            string code = await grants.IssueAsync(request, session!, http.RequestAborted);
            return Back(http, request.RedirectUri, request.Mode, ("code", code), ("state", request.State));
        }

        return request.MayAsk
            ? SeeOther(http, ToSignIn(request, $"{Path}?{query}&{AskedParameter}={Protect(asked ?? now, query)}"))
            : Refuse(http, request, "login_required", "The person has to sign in, or to do so again.");
    }

    /// <summary>The session of the browser; null when nobody is signed in.</summary>
    public static async Task<OpenSession?> SessionOfAsync(HttpContext http, OpenSessions sessions) =>
        (await http.AuthenticateAsync(SessionTickets.Scheme)).Principal?.FindFirst(SessionTickets.SessionClaim) is { Value: var id }
            ? sessions.Find(id)
            : null;

    /// <summary>To another address, which is asked for with GET.</summary>
    public static IResult SeeOther(HttpContext http, string address)
    {
        http.Response.Headers.Location = address;
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        return Results.StatusCode(HttpMethods.IsGet(http.Request.Method) ? StatusCodes.Status302Found : StatusCodes.Status303SeeOther);
    }

    private static string ToSignIn(AuthorizationRequest request, string returnUrl)
    {
        var parameters = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["returnUrl"] = returnUrl,
            ["acr_values"] = request.Context,
            ["max_age"] = request.SignInAgain ? "0" : request.MaxAge is { } age ? $"{(int)age.TotalSeconds}" : null,
            ["login_hint"] = request.LoginHint,
        };
        return QueryHelpers.AddQueryString(SessionsModule.SignInPath, parameters.Where(parameter => parameter.Value is not null));
    }

    private IResult Refuse(HttpContext http, AuthorizationRequest request, string error, string sentence) =>
        Back(http, request.RedirectUri, request.Mode, ("error", error), ("error_description", sentence), ("state", request.State));

    // The issuer is named in every answer, so that a client of many is not led to take one's code to another (RFC 9207).
    private IResult Back(HttpContext http, string redirectUri, ResponseMode mode, params (string Name, string? Value)[] parameters)
    {
        KeyValuePair<string, string?>[] told = [.. parameters.Append(("iss", issuance.Issuer))
            .Where(parameter => parameter.Item2 is not null).Select(parameter => KeyValuePair.Create(parameter.Item1, parameter.Item2))];
        return mode == ResponseMode.FormPost
            ? Page.Answer(redirectUri, told)
            : SeeOther(http, QueryHelpers.AddQueryString(redirectUri, told));
    }

    private string Protect(DateTimeOffset at, string query)
    {
        byte[] plain = new byte[sizeof(long) + SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(plain, at.UtcTicks);
        SHA256.HashData(Encoding.UTF8.GetBytes(query), plain.AsSpan(sizeof(long)));
        return WebEncoders.Base64UrlEncode(protector.Protect(plain));
    }

    /// <summary>When somebody was first asked for this very request; null when that is not known, or long ago.</summary>
    private DateTimeOffset? AskedAt(string? text, string query, DateTimeOffset now)
    {
        try
        {
            if (text is null)
            {
                return null;
            }

            byte[] plain = protector.Unprotect(WebEncoders.Base64UrlDecode(text));
            var at = new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(plain), TimeSpan.Zero);
            bool isOfThis = plain.AsSpan(sizeof(long)).SequenceEqual(SHA256.HashData(Encoding.UTF8.GetBytes(query)));
            return isOfThis && at > now - AskedFor ? at : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
