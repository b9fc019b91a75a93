using System.Collections.Concurrent;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AccessGov.Edge.Tests.Images;

/// <summary>The shipped nginx template: who is asked about which request, and what the archive gets.</summary>
public sealed class ProxyTemplateTests
{
    private const string Cookie = "__Host-accessgov-emergency-access=token";

    [Fact]
    public async Task The_station_s_cookie_counts_where_nobody_has_signed_in_or_AccessGov_is_away()
    {
        await using Site site = await Site.StartAsync();

        (await site.AskAsync(null, null)).ShouldBe("accessgov: -");
        (await site.AskAsync(Cookie, null)).ShouldBe("edge: token");
        (await site.AskAsync(Cookie, "Bearer x")).ShouldBe("accessgov: token");
        (await site.AskAsync(null, "Bearer x", "header")).ShouldBe("edge: header");
        (await site.AskAsync(Cookie, null, "header")).ShouldBe("edge: header");
        await site.StopAccessGovAsync();
        (await site.AskAsync(Cookie, "Bearer x")).ShouldBe("edge: token");
    }

    [Theory]
    [InlineData(Cookie, "")]
    [InlineData("a=1", "a=1")]
    [InlineData("a=1; " + Cookie, "a=1")]
    [InlineData(Cookie + "; b=2", "b=2")]
    [InlineData("a=1; " + Cookie + "; b=2", "a=1; b=2")]
    [InlineData(Cookie + "; " + Cookie, "")]
    [InlineData("a=1; " + Cookie + "; b=2; " + Cookie + "; c=3", "")]
    public async Task The_archive_does_not_get_it(string sent, string received)
    {
        await using Site site = await Site.StartAsync();

        (await site.AskAsync(sent, "Bearer x")).ShouldNotBeNull();
        site.ArchiveCookie.ShouldBe(received);
    }

    [Fact]
    [Trait("Requirement", "S31")]
    public async Task The_viewer_gets_what_it_is_obliged_to_by_whoever_was_asked_and_never_by_the_archive()
    {
        await using Site site = await Site.StartAsync();

        await site.AskAsync(Cookie, null);
        site.Obligations.ShouldBe("edge");
        await site.AskAsync(null, "Bearer x");
        site.Obligations.ShouldBe("accessgov");
    }

    private sealed class Site : IAsyncDisposable
    {
        private readonly string home = Directory.CreateTempSubdirectory("accessgov-proxy-").FullName;
        private readonly ConcurrentQueue<string> asked = new();
        private readonly List<WebApplication> servers = [];
        private readonly HttpClient client = new(new HttpClientHandler { UseCookies = false });
        private ChildProcess? nginx;

        /// <summary>The cookies that the archive got last; null where the last request did not come to it.</summary>
        public string? ArchiveCookie { get; private set; }

        /// <summary>What the viewer was obliged to last; null where the last request was not answered.</summary>
        public string? Obligations { get; private set; }

        public static async Task<Site> StartAsync()
        {
            var site = new Site();
            string accessGov = await site.ServeAsync("accessgov");
            string edge = await site.ServeAsync("edge");
            string archive = await site.ServeAsync("archive");
            string listen = $"127.0.0.1:{FreePort.Next()}";
            site.client.BaseAddress = new Uri($"http://{listen}/");
            string text = await File.ReadAllTextAsync(WorkingCopy.PathOf("deploy", "nginx", "pacs.conf.template"));
            foreach ((string name, string value) in new[]
            {
                ("LISTEN", listen), ("ACCESSGOV_ADDRESS", accessGov), ("EDGE_ADDRESS", edge), ("ARCHIVE_ADDRESS", archive),
                ("ARCHIVE_AUTHORIZATION", "Basic x"), ("PROXY_SECRET", ""),
            })
            {
                text = text.Replace("${" + name + "}", value, StringComparison.Ordinal);
            }

            string file = Path.Combine(site.home, "nginx.conf");
            string start = $"daemon off; user root; pid {site.home}/pid; error_log {site.home}/error.log; events {{}}";
            string paths = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }
                .Select(kind => $"{kind}_temp_path {site.home}/{kind};"));
            await File.WriteAllTextAsync(file, $"{start}\nhttp {{ access_log off; {paths}\n{text}}}\n");
            site.nginx = new ChildProcess("/usr/sbin/nginx", ["-e", $"{site.home}/error.log", "-c", file, "-p", site.home]);
            await Eventually.HoldsAsync(async () => await site.AskAsync(null, null) is not null, "nginx answers");
            return site;
        }

        /// <summary>Who was asked about a request, and with which emergency access; null when nginx does not answer.</summary>
        public async Task<string?> AskAsync(string? cookie, string? authorization, string? header = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "dicom-web/studies/1.2.3");
            foreach ((string name, string? value) in new[]
            {
                ("Cookie", cookie), ("Authorization", authorization), ("AccessGov-Emergency-Access", header),
            })
            {
                _ = value is null || request.Headers.TryAddWithoutValidation(name, value);
            }

            asked.Clear();
            (ArchiveCookie, Obligations) = (null, null);
            try
            {
                using HttpResponseMessage answer = await client.SendAsync(request);
                answer.EnsureSuccessStatusCode();
                Obligations = string.Join(',', answer.Headers.GetValues("AccessGov-Obligations"));
                return asked.Single();
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }

        public Task StopAccessGovAsync() => servers[0].StopAsync();

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await (nginx?.DisposeAsync() ?? ValueTask.CompletedTask);
            foreach (WebApplication server in servers)
            {
                await server.DisposeAsync();
            }

            Directory.Delete(home, recursive: true);
        }

        private async Task<string> ServeAsync(string name)
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
            builder.Logging.ClearProviders();
            WebApplication server = builder.Build();
            server.Run(http =>
            {
                http.Response.Headers["AccessGov-Obligations"] = name;
                if (name == "archive")
                {
                    ArchiveCookie = http.Request.Headers.Cookie.ToString();
                }
                else
                {
                    string access = http.Request.Headers["AccessGov-Emergency-Access"].ToString();
                    asked.Enqueue($"{name}: {(access.Length == 0 ? "-" : access)}");
                }

                return Task.CompletedTask;
            });
            servers.Add(server);
            await server.StartAsync();
            return new Uri(server.Urls.Single()).Authority;
        }
    }
}
