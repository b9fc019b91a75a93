using System.Net;

namespace AccessGov.ArchiveRequests;

/// <summary>Finds the client's address: from hop to hop backwards, as long as the hop is ours. Immutable.</summary>
/// <param name="networks">The networks of our proxies (CIDR).</param>
public sealed class TrustedProxies(IEnumerable<string> networks)
{
    private const int HopsMax = 32;

    private readonly IPNetwork[] trusted = [.. networks.Select(IPNetwork.Parse)];

    /// <summary>Whether an address is a proxy of ours.</summary>
    /// <param name="address">The address.</param>
    public bool Contains(IPAddress address) => Array.Exists(trusted, network => network.Contains(address));

    /// <summary>
    /// The address nearest to us that is not a trusted proxy, IPv4-mapped ones as IPv4. Null when a trusted proxy passed on something that
    /// is no address, or
    /// nothing at all: then it is not known who asked.
    /// </summary>
    /// <param name="peer">Who opened the connection.</param>
    /// <param name="forwardedFor">X-Forwarded-For, all its lines in order.</param>
    public IPAddress? ClientOf(IPAddress? peer, IEnumerable<string?> forwardedFor)
    {
        if (peer is null)
        {
            return null;
        }

        IPAddress current = Mapped(peer);
        if (!Contains(current))
        {
            return current;
        }

        string[] hops = [.. forwardedFor.SelectMany(line => (line ?? "").Split(',')).Select(hop => hop.Trim())];
        for (int hop = hops.Length - 1; hop >= 0 && hops.Length - hop <= HopsMax; hop--)
        {
            if (Parse(hops[hop]) is not { } address)
            {
                return null;
            }

            current = Mapped(address);
            if (!Contains(current))
            {
                return current;
            }
        }

        // Every hop is ours: the outermost one asked by itself. Without any hop the proxy said nothing.
        return hops is [] or [""] || hops.Length > HopsMax ? null : current;
    }

    /// <summary>An address, with a port where a proxy adds one; nothing that the platform only guesses at (1, 0x7f.1).</summary>
    private static IPAddress? Parse(string text)
    {
        if (text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var end)
        {
            return text.Length == end + 1 || text[end + 1] == ':' ? Strict(text[1..end]) : null;
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text.IndexOf(':', colon + 1) < 0 ? Strict(text[..colon]) : Strict(text);
    }

    private static IPAddress? Strict(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && (text.Contains(':', StringComparison.Ordinal)
            || address.ToString() == text) && address.ScopeIdOrZero() == 0
            ? address : null;

    private static IPAddress Mapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

file static class Addresses
{
    public static long ScopeIdOrZero(this IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
