using System.Net;
using System.Text.RegularExpressions;

namespace AccessGov.Audit.Ingest;

/// <summary>
/// IP addresses as people write and search them. What the parser of .NET takes besides (1 is 0.0.0.1 there, and 0x7f000001 is 127.0.0.1)
/// is none: whoever sent it meant something else, and an auditor would look for another machine.
/// </summary>
internal static partial class AddressText
{
    /// <summary>
    /// The address in its usual spelling, IPv4 also where it came as IPv6 (::ffff:10.0.0.1); null when it is none, or has a zone, which
    /// says something on one machine only.
    /// </summary>
    public static string? Of(string? text) =>
        text is not null && Spelling().IsMatch(text) && IPAddress.TryParse(text, out IPAddress? address)
            ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
            : null;

    /// <summary>Four decimal numbers, without leading zeros, which mean octal ones to some; or digits with a colon among them.</summary>
    [GeneratedRegex(@"\A((0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Spelling();
}
