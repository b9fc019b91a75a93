using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AccessGov.PolicyDecision.Standalone;
using Microsoft.AspNetCore.Builder;

namespace AccessGov.PolicyDecision.Tests.Standalone;

/// <summary>The standalone decision point on a free port, over a temporary data directory.</summary>
internal sealed class StandaloneDecisionPoint : IAsyncDisposable
{
    private readonly WebApplication app;

    private StandaloneDecisionPoint(WebApplication app, DataDirectory data, string path)
    {
        this.app = app;
        Data = data;
        Path = path;
        Client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public DataDirectory Data { get; }

    public string Path { get; }

    public HttpClient Client { get; }

    public static async Task<StandaloneDecisionPoint> StartAsync(string policies, string entities = "[]", bool strict = true, string? schema = null)
    {
        string path = Directory.CreateTempSubdirectory("accessgov-data-").FullName;
        await File.WriteAllTextAsync(System.IO.Path.Combine(path, "policies.cedar"), policies);
        await File.WriteAllTextAsync(System.IO.Path.Combine(path, "entities.json"), entities);
        if (schema is not null)
        {
            await File.WriteAllTextAsync(System.IO.Path.Combine(path, "schema.cedarschema"), schema);
        }

        var data = DataDirectory.Open(path);
        return new StandaloneDecisionPoint(await StandaloneHost.StartAsync(new StandaloneOptions(path, 0, strict), data), data, path);
    }

    public Task<HttpResponseMessage> PostAsync(string body, string path = "/access/v1/evaluation", string contentType = "application/json") =>
        PostAsync(Encoding.UTF8.GetBytes(body), path, contentType);

    public async Task<HttpResponseMessage> PostAsync(byte[] body, string path, string contentType)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await Client.PostAsync(new Uri(path, UriKind.Relative), content);
    }

    /// <summary>The decision of a request that must be answered with 200.</summary>
    public async Task<bool> DecisionAsync(string body)
    {
        using HttpResponseMessage response = await PostAsync(body);
        string text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("decision").GetBoolean();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        Directory.Delete(Path, recursive: true);
    }
}
