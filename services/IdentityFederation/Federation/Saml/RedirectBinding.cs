using System.IO.Compression;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>Messages in the query of an address (SAML 2.0 Bindings, 3.4): deflated, and signed as they stand in the query.</summary>
internal static class RedirectBinding
{
    private const int InflatedMax = 64 * 1024;

    /// <param name="address">Where to.</param>
    /// <param name="parameter">SAMLRequest or SAMLResponse.</param>
    /// <param name="xml">The message.</param>
    /// <param name="relayState">What is to come back with the answer.</param>
    /// <param name="key">Our key; not signed without one.</param>
    public static string Write(Uri address, string parameter, string xml, string? relayState, X509Certificate2? key)
    {
        using var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(Encoding.UTF8.GetBytes(xml));
        }

        string query = $"{parameter}={Uri.EscapeDataString(Convert.ToBase64String(deflated.ToArray()))}"
            + (relayState is null ? "" : $"&RelayState={Uri.EscapeDataString(relayState)}");
        if (key is not null)
        {
            query += $"&SigAlg={Uri.EscapeDataString(XmlSignature.MethodOf(key))}";
            query += $"&Signature={Uri.EscapeDataString(Convert.ToBase64String(XmlSignature.Sign(key, Encoding.UTF8.GetBytes(query))))}";
        }

        return $"{address.OriginalString}{(address.Query.Length == 0 ? '?' : '&')}{query}";
    }

    /// <summary>
    /// Reads a signed message out of a query, as it was sent: another spelling of the same values is not what was signed.
    /// </summary>
    /// <param name="query">The query, with its question mark.</param>
    /// <param name="parameter">SAMLRequest or SAMLResponse.</param>
    /// <param name="certificates">The keys of whoever sent it.</param>
    public static (byte[]? Xml, string? RelayState, Refusal? Refusal) Read(
        string query, string parameter, IReadOnlyList<X509Certificate2> certificates)
    {
        ILookup<string, string> parts = query.TrimStart('?').Split('&').Select(part => part.Split('=', 2)).Where(part => part.Length == 2)
            .ToLookup(part => part[0], part => part[1], StringComparer.Ordinal);
        if (parts[parameter].ToArray() is not [var message] || parts.Any(part => part.Count() > 1))
        {
            return (null, null, SamlRefusals.Malformed);
        }

        if (parts["SigAlg"].FirstOrDefault() is not { } method || Base64(parts["Signature"].FirstOrDefault()) is not { } signature)
        {
            return (null, null, SamlRefusals.Unsigned);
        }

        string? relayState = parts["RelayState"].FirstOrDefault();
        string signed = $"{parameter}={message}{(relayState is null ? "" : $"&RelayState={relayState}")}&SigAlg={method}";
        Refusal? refusal = XmlSignature.Check(certificates, Decoded(method), Encoding.UTF8.GetBytes(signed), signature);
        byte[]? xml = refusal is null ? Inflated(Base64(message)) : null;
        return (xml, relayState is null ? null : Decoded(relayState), refusal ?? (xml is null ? SamlRefusals.Malformed : null));
    }

    private static string Decoded(string part) => Uri.UnescapeDataString(part.Replace('+', ' '));

    private static byte[]? Base64(string? part)
    {
        try
        {
            return part is null ? null : Convert.FromBase64String(Decoded(part));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static byte[]? Inflated(byte[]? deflated)
    {
        if (deflated is null)
        {
            return null;
        }

        try
        {
            using var inflate = new DeflateStream(new MemoryStream(deflated), CompressionMode.Decompress);
            byte[] buffer = new byte[InflatedMax + 1];
            int read = inflate.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return read > InflatedMax ? null : buffer[..read];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
