using System.Net;
using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.ServiceDefaults;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>What people see, for a moment or longer, when a provider has sent them here.</summary>
internal static class SamlPages
{
    private const string Script = "document.forms[0].submit();";
    private static readonly string ScriptHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)));

    public static IResult Refused(Refusal refusal) =>
        Page.Fault($"{refusal.Sentence} Code: {refusal.Code}.", Refusals.Table.StatusOf(refusal.Code));

    /// <summary>
    /// Sends a form again, from a page of ours. A browser sends our cookies along with that, and would not with a form that another
    /// site's page sends: so they can stay as strict as they are.
    /// </summary>
    public static IResult SendAgain(string action, params (string Name, string? Value)[] fields)
    {
        string inputs = string.Concat(fields.Where(field => field.Value is not null).Select(field =>
            $"<input type=\"hidden\" name=\"{WebUtility.HtmlEncode(field.Name)}\" value=\"{WebUtility.HtmlEncode(field.Value)}\">"));

        // No form-action: browsers hold it against what a form leads to in the end, and a sign-in leads back to the program that asked
        // for it.
        return new HtmlAnswer(
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Signing in</title>
            <meta name="viewport" content="width=device-width, initial-scale=1"></head>
            <body><main><h1>Signing in</h1>
            <form method="post" action="{WebUtility.HtmlEncode(action)}">{inputs}<button type="submit">Go on</button></form></main>
            <script>{Script}</script></body></html>
            """, $"script-src 'sha256-{ScriptHash}'");
    }
}
