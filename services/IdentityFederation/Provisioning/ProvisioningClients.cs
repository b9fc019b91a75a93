using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

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
    public bool Has(string version) => Tags(Http.Request.Headers.IfNoneMatch).Any(tag =>
        tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(EntityTagHeaderValue.Parse(version), useStrongComparison: false));

    /// <summary>
    /// Weak tags are what SCIM compares (RFC 7644, 3.14); a version of a stream is what commands compare. A tag that was never given
    /// matches no version.
    /// </summary>
    public static void Normalise(HttpContext http, StringValues given)
    {
        IList<EntityTagHeaderValue> tags = Tags(given);
        string[] versions = [.. tags.Select(tag => tag.Tag.Value!).Where(tag => Caller.VersionOf(new(tag)) is not null)];
        http.Request.Headers.IfMatch = StringValues.IsNullOrEmpty(given) || tags.Contains(EntityTagHeaderValue.Any) ? default
            : versions.Length > 0 ? string.Join(", ", versions)
            : "\"-1\"";
    }

    private static IList<EntityTagHeaderValue> Tags(StringValues given) =>
        EntityTagHeaderValue.TryParseStrictList([.. given.OfType<string>()], out IList<EntityTagHeaderValue>? tags) ? tags : [];
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
