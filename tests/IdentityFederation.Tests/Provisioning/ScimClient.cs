using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Tests.Provisioning;

/// <summary>What a provisioning system does: each has an organisation of its own. A class fixture.</summary>
public sealed class ScimClient : IAsyncLifetime
{
    public const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    private IdentityFederationHost? host;

    public IdentityFederationHost Host => host!;

    public async Task InitializeAsync()
    {
        host = await IdentityFederationHost.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["IdentityFederation:Provisioning:Clients:tests"] = "hospital",

            // Inside, nobody is asked for a second factor only because of where they are.
            ["IdentityFederation:Sessions:InsideNetworks:0"] = "127.0.0.0/8",
        });
        await host.OrganisationAsync();
    }

    public async Task DisposeAsync() => await host!.DisposeAsync();

    public Task<(int Status, JsonObject Body, HttpResponseMessage Response)> SendAsync(
        string method, string path, JsonNode? body = null, string media = "application/scim+json", params (
            string Name, string Value)[] headers) =>
        SendTextAsync(method, path, body?.ToJsonString(), media, headers);

    public Task<(int Status, JsonObject Body, HttpResponseMessage Response)> SendAsync(string method, string path, string json) =>
        SendTextAsync(method, path, json, "application/scim+json");

    private async Task<(int Status, JsonObject Body, HttpResponseMessage Response)> SendTextAsync(
        string method, string path, string? body, string media, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), $"/scim/v2{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Host.TokenOf("tests", "scim"));
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, media);
        }

        HttpResponseMessage response = await Host.Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        if (text.Length > 0)
        {
            response.Content.Headers.ContentType?.MediaType.ShouldBe("application/scim+json", text);
        }

        return ((int)response.StatusCode, text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject(), response);
    }

    /// <summary>A request that succeeds.</summary>
    public async Task<JsonObject> DoAsync(string method, string path, string? json = null)
    {
        (int status, JsonObject body, _) = await SendTextAsync(method, path, json, "application/scim+json");
        status.ShouldBeInRange(200, 299, body.ToJsonString());
        return body;
    }

    /// <summary>A user of the hospital; answers the id.</summary>
    public async Task<string> UserAsync(string userName, string more = "") =>
        (await DoAsync("POST", "/Users",
            $$"""{"userName":"{{userName}}"{{(more.Length > 0 ? "," : "")}}{{more}}}"""))["id"]!.GetValue<string>();

    public async Task RefusedAsync(string method, string path, string? json, int status, string? type)
    {
        (int answered, JsonObject body, _) = await SendTextAsync(method, path, json, "application/scim+json");
        answered.ShouldBe(status, body.ToJsonString());
        body["schemas"]![0]!.GetValue<string>().ShouldBe("urn:ietf:params:scim:api:messages:2.0:Error");
        body["status"]!.GetValue<string>().ShouldBe($"{status}");
        body["detail"]!.GetValue<string>().ShouldNotBeEmpty();
        (body["scimType"]?.GetValue<string>()).ShouldBe(type, body.ToJsonString());
    }

    /// <summary>The user names or display names that a filter finds.</summary>
    public async Task<string[]> FindAsync(string filter, string kind = "Users", string name = "userName") =>
        [.. (await DoAsync("GET", $"/{kind}?filter={Uri.EscapeDataString(filter)}"))["Resources"]!.AsArray().Select(
            one => one![name]!.GetValue<string>())];
}
