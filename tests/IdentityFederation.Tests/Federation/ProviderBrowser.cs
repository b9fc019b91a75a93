using System.Net;
using AccessGov.IdentityFederation.Tests.SignIn;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>A browser on its way to an identity provider and back.</summary>
internal static class ProviderBrowser
{
    /// <summary>Presses the provider's button; answers what the provider is asked.</summary>
    public static async Task<Dictionary<string, string>> BeginAsync(this SignInBrowser browser, string provider, string path = "/sign-in")
    {
        await browser.GetAsync(path);
        await browser.PostAsync("/sign-in?handler=Provider", [("Provider", provider), .. FieldsOf(browser)]);
        browser.Status.ShouldBe(HttpStatusCode.Redirect, browser.Text);
        return RequestIn(browser);
    }

    /// <summary>What the provider is asked where the browser is led to.</summary>
    public static Dictionary<string, string> RequestIn(SignInBrowser browser)
    {
        var address = new Uri(browser.Location);
        return QueryHelpers.ParseQuery(address.Query).ToDictionary(one => one.Key, one => one.Value.ToString(), StringComparer.Ordinal);
    }

    /// <summary>Comes back with these parameters.</summary>
    public static Task ComeBackAsync(this SignInBrowser browser, string provider, params (string Name, string? Value)[] parameters) =>
        browser.GetAsync(QueryHelpers.AddQueryString(
            $"/sign-in/providers/{provider}/callback", parameters.Where(one => one.Value is not null).Append(("again", "1"))
                .Select(one => KeyValuePair.Create(one.Item1, one.Item2))));

    /// <summary>There and back.</summary>
    public static async Task SignInAtAsync(
        this SignInBrowser browser, FakeProvider there, string provider, string subject, Action<Dictionary<string, object>>? change = null,
        string path = "/sign-in")
    {
        Dictionary<string, string> request = await browser.BeginAsync(provider, path);
        await browser.ComeBackAsync(provider, ("code", there.CodeFor(request, subject, change)), ("state", request["state"]));
    }

    public static void ShouldBeRefused(this SignInBrowser browser, HttpStatusCode status, string code)
    {
        browser.Status.ShouldBe(status, browser.Text);
        browser.Text.ShouldContain($"<code>{code}</code>");
        browser.Session.ShouldBeEmpty();
    }

    private static (string, string)[] FieldsOf(SignInBrowser browser) =>
        [.. new[] { "returnUrl", "acr_values", "max_age", "prompt", "login_hint" }.Select(name => (name, browser.FieldOf(name)))];
}
