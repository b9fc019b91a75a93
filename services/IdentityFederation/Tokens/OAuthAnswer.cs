using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Primitives;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>What OAuth endpoints answer when they refuse (RFC 6749, 5.2), and what they have in common.</summary>
internal static class OAuthAnswer
{
    public const string InvalidRequest = "invalid_request";
    public const string InvalidGrant = "invalid_grant";
    public const string InvalidScope = "invalid_scope";
    public const string InvalidTarget = "invalid_target";
    public const int BodyBytesMax = 64 * 1024;
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
internal sealed class OAuthForm(IEnumerable<KeyValuePair<string, StringValues>> parameters)
{
    private readonly Dictionary<string, StringValues> form = new(parameters, StringComparer.Ordinal);

    public string? this[string name] => form.TryGetValue(name, out StringValues values) && values is [{ Length: > 0 } value] ? value : null;

    /// <summary>Whether a parameter is repeated.</summary>
    public bool Repeats => form.Values.Any(values => values.Count > 1);

    /// <summary>Whether a parameter is longer than that, or holds what no text has.</summary>
    public bool HoldsMoreThan(int characters) =>
        form.Any(one => one.Key.Length > characters
            || one.Value.Any(value => value?.Length > characters || value?.Contains('\0', StringComparison.Ordinal) == true));

    /// <summary>All but one of them as a query, in the order of their names.</summary>
    public string QueryWithout(string name) => string.Join('&', form
        .Where(one => one.Key != name && !StringValues.IsNullOrEmpty(one.Value)).OrderBy(one => one.Key, StringComparer.Ordinal)
        .Select(one => $"{Uri.EscapeDataString(one.Key)}={Uri.EscapeDataString(one.Value.ToString())}"));

    /// <summary>Reads the parameters of a request; what is wrong with it when it has none that can be read.</summary>
    public static async Task<(OAuthForm? Form, string? Sentence)> ReadAsync(HttpContext http)
    {
        try
        {
            OAuthForm? read = HttpMethods.IsGet(http.Request.Method) ? new OAuthForm(http.Request.Query)
                : IsForm(http.Request.ContentType) ? new OAuthForm(await http.Request.ReadFormAsync(http.RequestAborted))
                : null;
            return read is null ? (null, "Send the request as application/x-www-form-urlencoded.")
                : read.Repeats ? (null, "A parameter is repeated.")
                : (read, null);
        }
        catch (InvalidDataException)
        {
            return (null, "The form has too many or too long parameters.");
        }
    }

    /// <summary>Whether a body is a form.</summary>
    public static bool IsForm(string? contentType) =>
        contentType?.Split(';')[0].Trim().Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;
}
