using System.Text.Json;

namespace AccessGov.DemoHospital;

/// <summary>What the demo needs of accessgov.json: where the decision service is, and a client that may load and ask.</summary>
/// <param name="Url">The root of the decision service.</param>
/// <param name="TokenUrl">Where its access tokens come from.</param>
/// <param name="ClientId">The client.</param>
/// <param name="ClientSecret">Its secret.</param>
internal sealed record Configuration(Uri Url, Uri TokenUrl, string ClientId, string ClientSecret)
{
    private const string Client = "demo";

    /// <summary>Reads <c>{"policyDecision": {"url", "tokenUrl"?}, "clients": {"demo": {"id"?, "secret"}}}</c>; clients may be an array of <c>{"id", "secret"}</c> too.</summary>
    /// <exception cref="DemoException">The file is missing or lacks something.</exception>
    public static Configuration Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new DemoException($"{path} does not exist. Start the services with deploy/up first.");
        }

        try
        {
            using var file = JsonDocument.Parse(File.ReadAllText(path));
            JsonElement service = file.RootElement.GetProperty("policyDecision");
            var url = new Uri(service.GetProperty("url").GetString()!.TrimEnd('/') + "/");
            JsonElement client = ClientOf(file.RootElement.GetProperty("clients"));
            return new Configuration(
                url,
                service.TryGetProperty("tokenUrl", out JsonElement token) ? new Uri(token.GetString()!) : new Uri(url, "development/token"),
                client.TryGetProperty("id", out JsonElement id) ? id.GetString()! : Client,
                client.GetProperty("secret").GetString()!);
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or UriFormatException)
        {
            throw new DemoException($"{path} must hold policyDecision.url and the secret of the client {Client}: {problem.Message}");
        }
    }

    private static JsonElement ClientOf(JsonElement clients) => clients.ValueKind == JsonValueKind.Array
        ? clients.EnumerateArray().First(client => client.GetProperty("id").ValueEquals(Client))
        : clients.GetProperty(Client);
}

/// <summary>Something that the user of the demo must see and can mend; the message says how.</summary>
internal sealed class DemoException(string message) : Exception(message);
