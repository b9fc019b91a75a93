using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>What OAuth endpoints answer when they refuse (RFC 6749, 5.2), and what they have in common.</summary>
internal static class OAuthAnswer
{
    public const string InvalidRequest = "invalid_request";
    private const int BodyBytesMax = 64 * 1024;
    private static readonly string[] Credentials = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];

    public static IResult Refuse(string error, string sentence, int status = StatusCodes.Status400BadRequest) =>
        Results.Json(new { error, error_description = sentence }, statusCode: status);

    /// <summary>Nothing can be issued or written at the moment.</summary>
    public static IResult Unavailable(Refusal refusal) =>
        Refuse("temporarily_unavailable", refusal.Sentence, StatusCodes.Status503ServiceUnavailable);

    /// <summary>Clients show who they are in the request itself; what is answered is kept nowhere.</summary>
    public static void AsOAuth(this RouteHandlerBuilder endpoint, string name, string[] required, string[] optional) => endpoint
        .AllowAnonymous().WithName(name).WithTags("OAuth").WithBodyLimit(BodyBytesMax)
        .WithDescribedForm(required, [.. optional, .. Credentials])
        .AddEndpointFilter((context, next) =>
        {
            context.HttpContext.Response.Headers.CacheControl = "no-store";
            context.HttpContext.Response.Headers.Pragma = "no-cache";
            return next(context);
        });
}

/// <summary>The parameters of a form: each once, and those without a value are absent (RFC 6749, 3.2).</summary>
internal sealed class OAuthForm(IFormCollection form)
{
    public string? this[string name] => form[name] is [{ Length: > 0 } value] ? value : null;

    /// <summary>Whether a parameter is repeated.</summary>
    public bool Repeats => form.Any(parameter => parameter.Value.Count > 1);
}
