using System.Net;
using System.Security.Cryptography;
using System.Text;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// The small pages that people see when a client has sent them here and there is something to say: no styles, nothing from elsewhere.
/// </summary>
internal static class Page
{
    private const string SendsItself = "document.forms[0].submit()";

    // The one script that may run, known by its hash.
    private static readonly string SendsItselfOnly =
        $"script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(SendsItself)))}'";

    public static IResult Fault(string sentence, int status = StatusCodes.Status400BadRequest) =>
        Document(
            "This did not work",
            $"<p>{Encoded(sentence)}</p><p>Go back to where you came from and try again, or tell the service desk.</p>", status, "'self'");

    public static IResult Said(string title, string sentence) =>
        Document(title, $"<p>{Encoded(sentence)}</p>", StatusCodes.Status200OK, "'self'");

    /// <summary>A question with one button.</summary>
    /// <param name="title">The question.</param>
    /// <param name="sentence">What the button does.</param>
    /// <param name="action">Where the form is sent.</param>
    /// <param name="field">What is sent with it.</param>
    /// <param name="value">Its value.</param>
    /// <param name="leadsTo">Where the answer may lead to; browsers hold redirects after a form to the policy, too.</param>
    public static IResult Question(string title, string sentence, string action, string field, string value, string? leadsTo) =>
        Document(
            title,
            $"""
            <p>{Encoded(sentence)}</p>
            <form method="post" action="{Encoded(action)}">{Hidden(field, value)}<button type="submit">{Encoded(title)}</button></form>
            """,
            StatusCodes.Status200OK, leadsTo is null ? "'self'" : $"'self' {SourceOf(leadsTo)}");

    /// <summary>The answer to a client: a form that sends itself to it, or by its button where scripts do not run.</summary>
    /// <param name="address">The client's address.</param>
    /// <param name="fields">What it is told.</param>
    public static IResult Answer(string address, IEnumerable<KeyValuePair<string, string?>> fields) => Document(
        "Going on",
        $"""
        <form method="post" action="{Encoded(address)}">{string.Concat(fields.Select(field => Hidden(field.Key, field.Value ?? "")))}
        <button type="submit">Go on</button></form>
        <script>{SendsItself}</script>
        """,
        StatusCodes.Status200OK, $"{SourceOf(address)}; {SendsItselfOnly}");

    /// <summary>An address as a content security policy names where it belongs to.</summary>
    private static string SourceOf(string address) =>
        // A policy cannot name an IPv6 address.
        new Uri(address) is { Scheme: "https" or "http", HostNameType: not UriHostNameType.IPv6 } web
            ? web.GetLeftPart(UriPartial.Authority)
            : $"{address.Split(':')[0]}:";

    private static string Hidden(string name, string value) =>
        $"<input type=\"hidden\" name=\"{Encoded(name)}\" value=\"{Encoded(value)}\">";

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);

    private static HtmlAnswer Document(string title, string body, int status, string formsLeadTo) => new(
        $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Encoded(title)}</title></head>
        <body><main><h1>{Encoded(title)}</h1>{body}</main></body></html>
        """, $"form-action {formsLeadTo}", status);
}
