using System.Net;

namespace AccessGov.PolicyDecision.Networks;

/// <summary>Networks in CIDR notation (RFC 4632), written without host bits.</summary>
internal static class Cidr
{
    /// <summary>Host bits would be dropped in silence, and may be a slip of the pen for another network.</summary>
    public static bool TryParse(string text, out IPNetwork network) =>
        IPNetwork.TryParse(text, out network) && network.BaseAddress.Equals(IPAddress.Parse(text.AsSpan(0, text.IndexOf('/', StringComparison.Ordinal))));
}
