using System.Net;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>The small pages that people see when a client has sent them here and there is something to say: no scripts, no styles, nothing from elsewhere.</summary>
internal static class Page
{
    public static IResult Fault(string sentence, int status = StatusCodes.Status400BadRequest) =>
        new Document("This did not work", $"<p>{Encoded(sentence)}</p><p>Go back to where you came from and try again, or tell the service desk.</p>", status, "");

    public static IResult Said(string title, string sentence) => new Document(title, $"<p>{Encoded(sentence)}</p>", StatusCodes.Status200OK, "");

    /// <summary>A question with one button.</summary>
    /// <param name="title">The question.</param>
    /// <param name="sentence">What the button does.</param>
    /// <param name="action">Where the form is sent.</param>
    /// <param name="field">What is sent with it.</param>
    /// <param name="value">Its value.</param>
    /// <param name="leadsTo">Where the answer may lead to; browsers hold redirects after a form to the policy, too.</param>
    public static IResult Question(string title, string sentence, string action, string field, string value, string? leadsTo) =>
        new Document(
            title,
            $"""
            <p>{Encoded(sentence)}</p>
            <form method="post" action="{Encoded(action)}"><input type="hidden" name="{Encoded(field)}" value="{Encoded(value)}"><button type="submit">{Encoded(title)}</button></form>
            """,
            StatusCodes.Status200OK, leadsTo is null ? "" : new Uri(leadsTo).GetLeftPart(UriPartial.Authority));

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);

    private sealed class Document(string title, string body, int status, string formsLeadTo) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            HttpResponse response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "text/html; charset=utf-8";
            response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {formsLeadTo}".TrimEnd();
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers["Referrer-Policy"] = "no-referrer";
            return response.WriteAsync(
                $"""
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Encoded(title)}</title></head>
                <body><main><h1>{Encoded(title)}</h1>{body}</main></body></html>
                """, httpContext.RequestAborted);
        }
    }
}
