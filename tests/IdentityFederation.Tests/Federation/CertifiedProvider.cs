using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>A certified OpenID provider (oidc-provider, which npm installs beside the official engine) in a process of its own.</summary>
internal sealed class CertifiedProvider : IDisposable
{
    private readonly Process node;

    private CertifiedProvider(Process node, string issuer) => (this.node, Issuer) = (node, issuer);

    public string Issuer { get; }

    /// <param name="port">Where it listens.</param>
    /// <param name="clients">Its clients, as OpenID Connect Dynamic Registration writes them.</param>
    /// <param name="people">What it says of its people, by their subject.</param>
    public static async Task<CertifiedProvider> StartAsync(int port, JsonArray clients, JsonObject people)
    {
        string input = JsonSerializer.Serialize(new { folder = OfficialEngineFactAttribute.Folder, port, clients, people });
        Process started = Process.Start(new ProcessStartInfo("node",
            [WorkingCopy.PathOf("tests", "IdentityFederation.Tests", "Peers", "oidc-provider.mjs"), input])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var said = new System.Text.StringBuilder();
        started.ErrorDataReceived += (_, line) => said.AppendLine(line.Data);
        started.BeginErrorReadLine();
        using var bound = new CancellationTokenSource(Eventually.Bound);
        (await started.StandardOutput.ReadLineAsync(bound.Token)).ShouldBe("listening", said.ToString());
        return new CertifiedProvider(started, $"http://127.0.0.1:{port}");
    }

    public void Dispose()
    {
        // It ends with its input, also when this process is killed.
        node.StandardInput.Close();
        if (!node.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            node.Kill();
        }

        node.Dispose();
    }

    /// <summary>A browser that knows nobody here yet, or goes on.</summary>
    public static HttpClient Browser() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    /// <summary>Follows what the provider answers until it leads away; answers where to, or its last page.</summary>
    public async Task<(string? Away, string Page)> FollowAsync(HttpClient browser, string address)
    {
        for (int steps = 0; steps < 10; steps++)
        {
            using HttpResponseMessage answer = await browser.GetAsync(address);
            if (answer.Headers.Location is not { } location)
            {
                return (null, await answer.Content.ReadAsStringAsync());
            }

            address = new Uri(new Uri(Issuer), location).AbsoluteUri;
            if (!address.StartsWith(Issuer, StringComparison.Ordinal))
            {
                return (address, "");
            }
        }

        throw new InvalidOperationException("The provider leads in a circle.");
    }
}
