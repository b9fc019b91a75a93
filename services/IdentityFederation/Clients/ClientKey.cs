using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace AccessGov.IdentityFederation.Clients;

/// <summary>A public key of a client as RFC 7517 writes it: elliptic curve P-256 for ES256, or RSA for RS256.</summary>
/// <param name="Kty">EC or RSA.</param>
/// <param name="Kid">What the client calls it.</param>
/// <param name="Alg">ES256 or RS256; what the kind of key says unless given.</param>
/// <param name="Crv">P-256.</param>
/// <param name="X">A coordinate of the point.</param>
/// <param name="Y">The other coordinate.</param>
/// <param name="N">The modulus.</param>
/// <param name="E">The exponent.</param>
internal sealed record ClientKey(
    string Kty, string? Kid = null, string? Alg = null, string? Crv = null, string? X = null, string? Y = null,
    string? N = null, string? E = null)
{
    public const string Es256 = "ES256";
    public const string Rs256 = "RS256";
    private const int RsaBitsMin = 2048;
    private const int RsaBitsMax = 8192;

    [JsonIgnore]
    public string Algorithm => Kty == "EC" ? Es256 : Rs256;

    /// <summary>Whether it is a key that signatures can be checked with.</summary>
    public bool IsUsable() => Kid is not { Length: 0 or > Identifiers.LengthMax } && (Alg is null || Alg == Algorithm) && this switch
    {
        { Kty: "EC", Crv: "P-256", X: { } x, Y: { } y, N: null, E: null } =>
            Bytes(x) is { Length: 32 } first && Bytes(y) is { Length: 32 } second && IsOnCurve(first, second),
        { Kty: "RSA", N: { } n, E: { } e, X: null, Y: null } =>
            Bytes(n) is { Length: >= RsaBitsMin / 8 and <= RsaBitsMax / 8 } modulus && modulus[0] >= 0x80
            && Bytes(e) is { Length: >= 1 and <= 4 } exponent && (exponent[^1] & 1) == 1
            && exponent is not [1],
        _ => false,
    };

    private static byte[]? Bytes(string text) => Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    private static bool IsOnCurve(byte[] x, byte[] y)
    {
        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
