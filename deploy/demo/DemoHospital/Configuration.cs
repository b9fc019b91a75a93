using System.Text.Json;

namespace AccessGov.DemoHospital;

/// <summary>What the demo needs of accessgov.json: where the services are, and clients that may load, ask and look after people.</summary>
/// <param name="Url">The root of the decision service.</param>
/// <param name="IdentityUrl">The root of the identity service, which issues all tokens.</param>
/// <param name="PeopleFile">Where is kept what the demo's people sign in with.</param>
/// <param name="Secrets">The secrets of clients by their ids.</param>
internal sealed record Configuration(Uri Url, Uri IdentityUrl, string PeopleFile, IReadOnlyDictionary<string, string> Secrets)
{
    /// <summary>The client that loads and asks.</summary>
    public const string Demo = "demo";

    /// <summary>The client that says who there is and what groups may.</summary>
    public const string Administrator = "identity-administrator";

    /// <summary>The client that provisions the hospital's groups.</summary>
    public const string Provisioning = "provisioning";

    /// <summary>Where tokens come from.</summary>
    public Uri TokenUrl => new(IdentityUrl, "oauth/token");

    /// <summary>Reads the members <c>policyDecision.url</c>, <c>identityFederation.url</c>, <c>peopleFile</c> and the secrets of <c>clients</c>.</summary>
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
            JsonElement root = file.RootElement;
            return new Configuration(
                UrlOf(root.GetProperty("policyDecision")), UrlOf(root.GetProperty("identityFederation")), root.GetProperty("peopleFile").GetString()!,
                root.GetProperty("clients").EnumerateObject().Where(client => client.Value.TryGetProperty("secret", out _))
                    .ToDictionary(client => client.Name, client => client.Value.GetProperty("secret").GetString()!, StringComparer.Ordinal));
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or UriFormatException)
        {
            throw new DemoException($"{path} must hold policyDecision.url, identityFederation.url, peopleFile and clients with their secrets: {problem.Message}");
        }
    }

    private static Uri UrlOf(JsonElement service) => new(service.GetProperty("url").GetString()!.TrimEnd('/') + "/");
}

/// <summary>Something that the user of the demo must see and can mend; the message says how.</summary>
internal sealed class DemoException(string message) : Exception(message);
