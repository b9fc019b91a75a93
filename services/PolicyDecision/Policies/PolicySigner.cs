using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>
/// Who put which text into force when, signed: a detached JWS (RFC 7515, appendix F) with ES256 over the canonical manifest.
/// </summary>
/// <param name="Manifest">The manifest, in exactly the bytes that were signed (UTF-8).</param>
/// <param name="Jws">The compact form without its payload: header, two dots, signature.</param>
/// <param name="Key">The public key that the signature is checked with.</param>
internal sealed record PolicySignature(string Manifest, string Jws, PublicKey Key);

/// <summary>A public key of the curve P-256 as JWK (RFC 7518, 6.2); its id is its thumbprint (RFC 7638).</summary>
internal sealed record PublicKey(string Kid, string X, string Y)
{
    public static PublicKey Of(ECDsa key)
    {
        ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
        (string x, string y) = (Base64Url.EncodeToString(point.X!), Base64Url.EncodeToString(point.Y!));
        string thumbprint = $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
        return new PublicKey(Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(thumbprint))), x, y);
    }

    /// <summary>The key as whoever verifies reads it. A method, because the key itself is stored in events.</summary>
    public object ToJwk() => new { kty = "EC", crv = "P-256", x = X, y = Y, kid = Kid, alg = "ES256", use = "sig" };
}

/// <summary>Signs what is put into force, where a key is configured.</summary>
internal sealed class PolicySigner : IDisposable
{
    private readonly ECDsa? key;
    private readonly PublicKey? publicKey;

    public PolicySigner(IOptions<PolicyDecisionOptions> options)
    {
        key = options.Value.PolicySigningKeyFile is { Length: > 0 } file ? EcdsaKeyFile.Read(file) : null;
        publicKey = key is null ? null : PublicKey.Of(key);
    }

    /// <summary>The same outcome, its events signed.</summary>
    public Outcome<PolicySetEvent> Sign(string name, Outcome<PolicySetEvent> outcome, string? by, DateTimeOffset at) => outcome is Outcome<PolicySetEvent>.Accepted accepted
        ? new Outcome<PolicySetEvent>.Accepted([.. accepted.Events.Select(@event => @event with { Signature = Sign(PolicyManifest.Of(name, @event, by, at)) })])
        : outcome;

    public void Dispose() => key?.Dispose();

    private PolicySignature? Sign(string manifest)
    {
        if (key is null || publicKey is null)
        {
            return null;
        }

        string header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"ES256","kid":"{{publicKey.Kid}}"}"""));
        byte[] signed = Encoding.ASCII.GetBytes($"{header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(manifest))}");
        byte[] signature = key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new PolicySignature(manifest, $"{header}..{Base64Url.EncodeToString(signature)}", publicKey);
    }
}
