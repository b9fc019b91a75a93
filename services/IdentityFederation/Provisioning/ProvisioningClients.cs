using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>Which client provisions which organisation.</summary>
internal sealed class ProvisioningSettings
{
    public const string Section = "IdentityFederation:Provisioning";

    /// <summary>The organisation's id by the client's id.</summary>
    public Dictionary<string, string> Clients { get; } = new(StringComparer.Ordinal);
}

/// <summary>One request of a client to the people and groups of its organisation.</summary>
/// <param name="Http">The request.</param>
/// <param name="Organisation">The only organisation that it sees.</param>
/// <param name="BaseUrl">What addresses of resources begin with.</param>
internal sealed record ScimCall(HttpContext Http, string Organisation, string BaseUrl)
{
    public CancellationToken Cancellation => Http.RequestAborted;

    /// <summary>Whether the caller has this version already.</summary>
    public bool Has(string version) => Http.Request.Headers.IfNoneMatch.SelectMany(header => (header ?? "").Split(','))
        .Select(tag => tag.Trim()).Any(tag => tag == "*" || Strong(tag) == Strong(version));

    /// <summary>
    /// Weak tags are what SCIM compares; a version of a stream is what commands compare. A tag that was never given matches no version.
    /// </summary>
    public static void Normalise(HttpContext http, string? version)
    {
        string tag = Strong(version ?? "");
        http.Request.Headers.IfMatch = tag switch
        {
            "" or "*" => default,
            ['"', .. var inner, '"'] when long.TryParse(inner, out _) => tag,
            _ => "\"-1\"",
        };
    }

    private static string Strong(string tag) => tag.Trim() is var trimmed && trimmed.StartsWith("W/", StringComparison.Ordinal)
        ? trimmed[2..] : trimmed;
}

/// <summary>Finds out whose people a caller provisions.</summary>
internal sealed class ProvisioningClients(IOptions<ProvisioningSettings> settings, IOptions<IdentityFederationOptions> options)
{
    /// <exception cref="ScimException">Nobody said which organisation the client provisions.</exception>
    public ScimCall CallOf(HttpContext http)
    {
        string client = Caller.Client(http);
        if (!settings.Value.Clients.TryGetValue(client, out string? organisation) || organisation.Length == 0)
        {
            throw new ScimException(
                StatusCodes.Status403Forbidden, null,
                $"The client {client} provisions no organisation: "
                + $"set {ProvisioningSettings.Section}:Clients:{client} to the id of one.");
        }

        return new ScimCall(http, organisation, BaseUrl);
    }

    public string BaseUrl => $"{options.Value.PublicUrl!.ToString().TrimEnd('/')}/scim/v2";
}
