using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace AccessGov.Console.Tests;

/// <summary>Browsers hold what a cookie's name promises against what it says: they keep none that breaks it.</summary>
[Collection(ConsoleTests.Name)]
public sealed class CookieTests(RunningConsole console)
{
    [Fact]
    public async Task With_TLS_all_cookies_are_the_host_s_own_and_no_script_sees_them()
    {
        await console.Service.SendAsync(
            HttpMethod.Post, new Uri(console.Service.IdentityFederation, "people").AbsoluteUri,
            new { organisation = "hospital", id = "cookie", profile = new { userName = "cookie" } });
        using X509Certificate2 certificate = Certificate();
        await using ConsoleBeside own = await console.BesideAsync(scheme: "https", configure: services =>
            services.Configure<KestrelServerOptions>(kestrel =>
                kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate)));
        IPage page = await console.OpenAsync("/signed-out");
        var answers = new ConcurrentQueue<IResponse>();
        page.Response += (_, answer) => answers.Enqueue(answer);

        await page.GotoAsync(own.Address.AbsoluteUri);
        await page.SignInAsync(console.People["tess"]);
        await page.GotoAsync(new Uri(own.Address, "/people/cookie").AbsoluteUri);
        await page.GetByLabel("Why: Suspend").FillAsync("A test");
        await page.PressAsync("Suspend");
        await page.ShouldTellAsync("The person is suspended");

        var set = new List<string>();
        foreach (IResponse answer in answers.Where(answer => answer.Url.StartsWith(own.Address.AbsoluteUri, StringComparison.Ordinal)))
        {
            set.AddRange(await answer.HeaderValuesAsync("set-cookie"));
        }

        string[] names = [.. set.Select(cookie => cookie.Split('=')[0]).Distinct(StringComparer.Ordinal)];
        foreach (string name in new[] { "sign-in.", "nonce.", "console", "console-form", "console-notice" })
        {
            names.ShouldContain(one => one.StartsWith($"__Host-accessgov-{name}", StringComparison.Ordinal), name);
        }

        names.ShouldAllBe(name => name.StartsWith("__Host-accessgov-", StringComparison.Ordinal));
        set.ShouldAllBe(cookie => Says(cookie, "secure") && Says(cookie, "httponly") && Says(cookie, "path=/") && !Says(cookie, "domain=")
            && (Says(cookie, "samesite=lax") || Says(cookie, "samesite=strict")));
        (await page.Context.CookiesAsync()).Where(cookie => cookie.Secure).Select(cookie => cookie.Name)
            .ShouldBe(["__Host-accessgov-console", "__Host-accessgov-console-form"], ignoreOrder: true);
    }

    /// <summary>Whether an attribute of a cookie begins so.</summary>
    private static bool Says(string cookie, string attribute) => cookie.Contains($"; {attribute}", StringComparison.OrdinalIgnoreCase);

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(1));
    }
}
