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

    /// <summary>Reads the members <c>policyDecision.url</c>, <c>policyDecision.tokenUrl</c> and <c>clients.demo.secret</c>.</summary>
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
            return new Configuration(
                new Uri(service.GetProperty("url").GetString()!.TrimEnd('/') + "/"), new Uri(service.GetProperty("tokenUrl").GetString()!), Client,
                file.RootElement.GetProperty("clients").GetProperty(Client).GetProperty("secret").GetString()!);
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or UriFormatException)
        {
            throw new DemoException($"{path} must hold policyDecision.url, policyDecision.tokenUrl and the secret of the client {Client}: {problem.Message}");
        }
    }
}

/// <summary>Something that the user of the demo must see and can mend; the message says how.</summary>
internal sealed class DemoException(string message) : Exception(message);
