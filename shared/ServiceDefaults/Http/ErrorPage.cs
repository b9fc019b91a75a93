using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AccessGov.ServiceDefaults;

/// <summary>
/// What a person in a browser is shown in place of problem details, with the same status and code. For services that people open; a service
/// that registers none answers everybody with problem details.
/// </summary>
/// <param name="Stylesheet">The path of the service's stylesheet, which needs no sign-in.</param>
/// <param name="Home">The path that leads on.</param>
/// <param name="HomeText">What the link to it says.</param>
/// <param name="Sentence">What is said to people about a status and a code; null where the sentence for programs will do.</param>
public sealed record ErrorPage(string Stylesheet, string Home, string HomeText, Func<int, string, string?> Sentence)
{
    // It needs nothing but its style, and runs nothing.
    private const string ContentPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

    /// <summary>Whether whoever asks can show a page; programs do not name this type.</summary>
    internal static bool IsWanted(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type is { MediaType.Value: "text/html", Quality: null or > 0 });

    internal Task WriteAsync(HttpContext context, string code, string sentence)
    {
        HttpResponse response = context.Response;
        string said = Sentence(response.StatusCode, code) ?? sentence;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = ContentPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "no-referrer";
        return response.WriteAsync(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>That did not work · AccessGov</title>
                <link rel="stylesheet" href="{Encoded(Stylesheet)}" />
            </head>
            <body>
                <header class="top"><span class="brand">AccessGov</span></header>
                <main id="main" tabindex="-1">
                    <h1>That did not work</h1>
                    <div class="message refused" role="alert">
                        <p><strong>{Encoded(said)}</strong></p>
                        <p class="hint">Code: <code>{Encoded(code)}</code></p>
                    </div>
                    <p><a href="{Encoded(Home)}">{Encoded(HomeText)}</a></p>
                </main>
            </body>
            </html>
            """, context.RequestAborted);
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
