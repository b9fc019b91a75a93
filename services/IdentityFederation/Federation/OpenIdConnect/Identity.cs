using System.Text.Json;
using AccessGov.EventSourcing;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AccessGov.IdentityFederation.Federation.OpenIdConnect;

/// <summary>Who an ID token says somebody is, once it has been verified.</summary>
internal static class Identity
{
    /// <summary>The identity, or why it is not taken.</summary>
    public static (AssertedIdentity? Identity, Refusal? Refusal) Of(
        PendingSignIn pending, JsonWebToken token, IReadOnlyList<KeyValuePair<string, string>> claims, IdentityProviderOptions provider,
        DateTimeOffset now)
    {
        ILookup<string, string> said = claims.ToLookup(claim => claim.Key, claim => claim.Value, StringComparer.Ordinal);

        // Entra ID leaves a claim of more than 200 groups out and says where to ask for it: nobody loses their groups for having too many.
        // Where that cannot be read, nobody knows what was left out.
        if (said["_claim_names"].Any(names =>
            ElsewhereOf(names) is not { } elsewhere || elsewhere.Intersect(provider.ClaimsUsed, StringComparer.Ordinal).Any()))
        {
            return (null, FederationRefusals.ClaimsIncomplete);
        }

        DateTimeOffset? asked = token.TryGetPayloadValue("auth_time", out long seconds) ? TimeOf(seconds) : null;
        if (pending.MaxAge is { } age && (asked is not { } at || at < pending.BegunAt - age - ProviderTokens.ClockDifferenceMax))
        {
            return (null, FederationRefusals.NotFresh);
        }

        // Whoever was asked on this very way was asked now, whatever the provider's clock says. A token that does not say when is of a
        // moment ago also where nobody was asked anything: then nothing is known to be recent.
        DateTimeOffset authenticatedAt = asked ?? DateTimeOffset.UnixEpoch;
        authenticatedAt = authenticatedAt >= pending.BegunAt - (pending.MaxAge is null ? TimeSpan.Zero : ProviderTokens.ClockDifferenceMax)
            || authenticatedAt > now ? now : authenticatedAt;
        return (new AssertedIdentity(
            pending.Provider, token.Issuer, token.Subject, said, [.. said["acr"], .. said["amr"]], authenticatedAt,
            token.TryGetPayloadValue("sid", out string? session) && session is not null && Identifiers.IsForeign(session)
                ? session
                : null,
            new Statement(
                NamesOf(session, token.Subject),
                Statement.Between(pending.BegunAt, new DateTimeOffset(token.IssuedAt, TimeSpan.Zero), now))), null);
    }

    /// <summary>By which names the provider would end a session with this name, or of this subject.</summary>
    public static IReadOnlyList<string> NamesOf(string? session, string? subject) =>
        [.. session is null ? Array.Empty<string>() : [$"sid {session}"], .. subject is null ? Array.Empty<string>() : [$"sub {subject}"]];

    private static DateTimeOffset? TimeOf(long seconds) =>
        seconds is >= 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static string[]? ElsewhereOf(string names)
    {
        try
        {
            using var parsed = JsonDocument.Parse(names);
            return parsed.RootElement.ValueKind == JsonValueKind.Object
                ? [.. parsed.RootElement.EnumerateObject().Select(name => name.Name)] : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
