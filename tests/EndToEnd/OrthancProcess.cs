using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>A real Orthanc from deploy/orthanc's template, on a free port in a temporary folder.</summary>
internal sealed class OrthancProcess : IAsyncDisposable
{
    private const string Program = "/usr/sbin/Orthanc";

    private readonly string folder = Directory.CreateTempSubdirectory("accessgov-orthanc-").FullName;
    private readonly HttpClient http;
    private ChildProcess? process;

    public OrthancProcess()
    {
        File.Exists(Program).ShouldBeTrue("Orthanc is not installed: run deploy/install.");
        http = new HttpClient { BaseAddress = new Uri(Url) };
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"accessgov-proxy:{Password}")));
    }

    public int Port { get; } = FreePort.Next();

    public string Password { get; } = Guid.NewGuid().ToString("n");

    public string Url => $"http://127.0.0.1:{Port}";

    public async Task StartAsync()
    {
        string configuration = (await File.ReadAllTextAsync(Repository.PathOf("deploy", "orthanc", "orthanc.json.template")))
            .Replace("${NAME}", "test", StringComparison.Ordinal).Replace("${DIRECTORY}", Path.Combine(folder, "archive"), StringComparison.Ordinal)
            .Replace("${HTTP_PORT}", $"{Port}", StringComparison.Ordinal).Replace("${PROXY_PASSWORD}", Password, StringComparison.Ordinal);
        string file = Path.Combine(folder, "orthanc.json");
        await File.WriteAllTextAsync(file, configuration);
        process = new ChildProcess(Program, [file]);
        await Eventually.HoldsAsync(async () =>
        {
            process.HasExited.ShouldBeFalse(process.Output);
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri("/system", UriKind.Relative));
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "Orthanc answers", 2 * Eventually.Bound);
    }

    public async Task StopAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
            process = null;
        }
    }

    /// <summary>An archive that starts again from nothing.</summary>
    public async Task ResetAsync()
    {
        await StopAsync();
        Directory.Delete(Path.Combine(folder, "archive"), recursive: true);
        await StartAsync();
    }

    public async Task StoreAsync(string name)
    {
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync($"/usr/lib/python3/dist-packages/pydicom/data/test_files/{name}"));
        using HttpResponseMessage answer = await http.PostAsync(new Uri("/instances", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What it answers past the proxy.</summary>
    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    /// <summary>How it answers past the proxy.</summary>
    public async Task<HttpStatusCode> StatusOfAsync(string path)
    {
        using HttpResponseMessage answer = await http.GetAsync(new Uri($"/{path}", UriKind.Relative));
        return answer.StatusCode;
    }

    public async Task DeleteAsync(string orthancStudyId)
    {
        using HttpResponseMessage answer = await http.DeleteAsync(new Uri($"/studies/{orthancStudyId}", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
