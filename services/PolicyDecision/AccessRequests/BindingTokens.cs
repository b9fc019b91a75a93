using System.Security.Cryptography;
using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Policies;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>
/// Binds a request to the denial that it is about: a JWT (ES256) over subject, action, resource, client and evaluation, so that any replica can check it and no
/// enforcement point can make one up (AuthZEN access request and approval profile, binding token integrity). Thread-safe.
/// </summary>
internal sealed class BindingTokens : IDisposable
{
    private readonly ECDsa? key;
    private readonly PublicKey? publicKey;
    private readonly SigningCredentials? signing;
    private readonly string issuer;
    private readonly TimeProvider clock;
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };

    public BindingTokens(IOptions<PolicyDecisionOptions> options, TimeProvider clock)
    {
        this.clock = clock;
        issuer = options.Value.PublicRoot;
        if (options.Value.AccessRequestKeyFile is not { } file)
        {
            return;
        }

        key = EcdsaKeyFile.Read(file);
        publicKey = PublicKey.Of(key);
        var secured = new ECDsaSecurityKey(key) { KeyId = publicKey.Kid };
        signing = new SigningCredentials(secured, SecurityAlgorithms.EcdsaSha256);
    }

    /// <summary>Without a key no denial is requestable.</summary>
    public bool Signs => signing is not null;

    /// <summary>The verification key as a JWK Set (RFC 7517); empty without a key.</summary>
    public object Jwks => new { keys = publicKey is null ? Array.Empty<object>() : [publicKey.ToJwk()] };

    public string Sign(EvaluationQuestion question, Guid evaluation, DateTimeOffset expiresAt) => handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = issuer,
        Audience = issuer,
        IssuedAt = clock.GetUtcNow().UtcDateTime,
        Expires = expiresAt.UtcDateTime,
        SigningCredentials = signing,
        Claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["jti"] = evaluation.ToString(),
            ["evaluation_id"] = evaluation.ToString(),
            ["client"] = question.Client,
            ["bound"] = Bound(question),
        },
    });

    /// <summary>The evaluation that a token of ours binds to this very question; null and what is wrong when it does not.</summary>
    public async Task<(Guid? Evaluation, string Problem)> ReadAsync(string token, EvaluationQuestion question)
    {
        TokenValidationResult result = await ValidateAsync(token);
        return result switch
        {
            { Exception: SecurityTokenInvalidLifetimeException } => (null, "expired_denial"),
            { IsValid: true, SecurityToken: JsonWebToken jwt } when jwt.GetClaim("client").Value == question.Client && jwt.GetClaim("bound").Value == Bound(question)
                && Guid.TryParse(jwt.GetClaim("evaluation_id").Value, out Guid evaluation) => (evaluation, ""),
            _ => (null, "invalid_denial_binding"),
        };
    }

    /// <summary>
    /// What a denial was about, of a token of ours that is still good: subject type and id, action, resource type and id; null for any other.
    /// </summary>
    public async Task<string[]?> OpenAsync(string token) => signing is null ? null
        : await ValidateAsync(token) is { IsValid: true, SecurityToken: JsonWebToken jwt } ? JsonSerializer.Deserialize<string[]>(jwt.GetClaim("bound").Value) : null;

    public void Dispose() => key?.Dispose();

    private Task<TokenValidationResult> ValidateAsync(string token) => handler.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = issuer,
        ValidAudience = issuer,
        IssuerSigningKey = signing?.Key,
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        RequireExpirationTime = true,
        LifetimeValidator = (_, expires, _, _) => expires > clock.GetUtcNow().UtcDateTime,
    });

    // Canonical, so that equal questions give equal text, and nothing that is in an id can look like something else.
    private static string Bound(EvaluationQuestion question) => JsonSerializer.Serialize(
        new[] { question.SubjectType, question.SubjectId, question.Action, question.ResourceType, question.ResourceId });
}
