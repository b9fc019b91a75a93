using System.Text.RegularExpressions;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Clients;

/// <summary>
/// The addresses of a client: where people are sent back to, and where it is told of ended sessions. They are compared as they are
/// written, character by character; only the port of a program on the person's own device is free (RFC 8252, 7.3).
/// </summary>
internal static partial class ClientAddresses
{
    private const int Max = 20;
    private const int LengthMax = 500;

    /// <summary>What is wrong with what a client is sent back to, told, or given; null when nothing is.</summary>
    public static Refusal? Malformed(ClientDefinition definition)
    {
        string[] leadBack = [.. definition.RedirectUris, .. definition.PostLogoutRedirectUris];
        string? told = definition.BackchannelLogoutUri;
        bool onDevice = definition.Authentication == ClientAuthentication.None;
        if (definition.RedirectUris.Count > Max || definition.PostLogoutRedirectUris.Count > Max || (told is not null && !IsAddress(told))
            || !leadBack.All(one => IsAddress(one) || (onDevice && IsOwnScheme(one)))
            || Repeats(definition.RedirectUris) || Repeats(definition.PostLogoutRedirectUris))
        {
            return new Refusal(
                "client_address_malformed",
                $"A client has at most {Max} addresses of a kind, each once: https, or http on 127.0.0.1, [::1] or localhost, "
                + "or, for people to come back to a program without a secret, a scheme of its own with a dot and a path "
                + "(com.example.viewer:/callback); "
                + $"at most {LengthMax} characters in ASCII, without user, fragment and dot segments.");
        }

        bool asksForPeople = definition.Grants.Contains(ClientGrant.AuthorizationCode);
        return definition switch
        {
            _ when definition.Grants.Count is 0 or > 2 || definition.Grants.Distinct().Count() != definition.Grants.Count
                || (definition.Authentication == ClientAuthentication.None && definition.Grants.Contains(ClientGrant.ClientCredentials)) =>
                new Refusal(
                    "client_grants_malformed",
                    "A client has the grants client_credentials, authorization_code or both; one that shows in no way who it is has "
                    + "authorization_code only."),
            _ when asksForPeople != definition.RedirectUris.Count > 0
                || (!asksForPeople && (leadBack.Length > 0 || told is not null || definition.OfflineAccess)) =>
                new Refusal(
                    "client_grants_malformed",
                    "A client with authorization_code, and no other, has redirectUris, and may have addresses for the end of sessions and "
                    + "offlineAccess."),
            _ => null,
        };
    }

    /// <summary>Whether a client may have people sent to this address.</summary>
    public static bool IsRedirectOf(ClientDefinition definition, string address) =>
        definition.RedirectUris.Contains(address, StringComparer.Ordinal)
        || (definition.Authentication == ClientAuthentication.None && address.Length <= LengthMax && IsAddress(address)
            && WithoutPort(address) is { } free && definition.RedirectUris.Any(one => WithoutPort(one) == free));

    /// <summary>
    /// Whether a program without a secret is reached on the device of whoever uses it, where any program may take a port, and any scheme
    /// for its own.
    /// </summary>
    public static bool IsOnDevice(ClientDefinition definition, string redirectUri) =>
        definition.Authentication == ClientAuthentication.None && (WithoutPort(redirectUri) is not null || IsOwnScheme(redirectUri));

    private static bool Repeats(IReadOnlyList<string> addresses) => addresses.Distinct(StringComparer.Ordinal).Count() != addresses.Count;

    private static bool IsAddress(string? address) =>
        Read(address) is { } uri
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.Host is "127.0.0.1" or "[::1]" or "localhost"));

    // The name of a domain that is theirs, turned round, so that no two take the same scheme by chance (RFC 8252, 7.1).
    private static bool IsOwnScheme(string? address) =>
        Read(address) is not null && OwnScheme().IsMatch(address!) && !address!.Split('?')[0].Split('/').Any(part => part is "." or "..");

    // What the parser would write otherwise is refused, so that nobody reads an address in two ways.
    private static Uri? Read(string? address) =>
        address is { Length: > 0 and <= LengthMax }
        && address.All(one => one is > ' ' and < '\u007f' and not '\\' and not '"' and not '<' and not '>')
        && !address.Contains('#', StringComparison.Ordinal)
        && Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.UserInfo.Length == 0
        && (uri.AbsoluteUri == address || uri.AbsoluteUri == address + "/") ? uri : null;

    // A loopback address by number: a name could lead elsewhere (RFC 8252, 8.3).
    private static string? WithoutPort(string address) =>
        Loopback().Match(address) is { Success: true } match ? match.Groups["host"].Value + match.Groups["rest"].Value : null;

    [GeneratedRegex(
        @"^(?<host>http://(127\.0\.0\.1|\[::1\]))(:[0-9]{1,5})?(?<rest>([/?].*)?)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Loopback();

    [GeneratedRegex(@"^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex OwnScheme();
}
