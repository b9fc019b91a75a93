using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Signs with another key at once. Where a key has leaked, no key from before is worth anything any more, nor any token that they signed.
/// </summary>
internal static class RotateSigningKeys
{
    /// <param name="Reason">Why.</param>
    /// <param name="Revoke">Whether a key has leaked.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason, bool Revoke = false);

    public static Outcome<SigningKeyEvent> Decide(SigningKeyRing ring, Command command, KeyMaterial candidate, DateTimeOffset now)
    {
        if (!Identifiers.IsText(command.Reason, 1000))
        {
            return new Refusal("reason_required", "Say in at most 1000 characters why.");
        }

        // The announced key is known to those who check tokens, so it is the better next one; unless it has been where the leaked one was.
        SigningKey? next = command.Revoke ? null : ring.Announced;
        SigningKeyEvent[] begin = next is null
            ? [new SigningKeyAnnounced(candidate, now), new SigningKeyActivated(candidate.KeyId, now)]
            : [new SigningKeyActivated(next.Key.KeyId, now)];
        IEnumerable<SigningKeyEvent> end = command.Revoke
            ? ring.Keys.Select(key => new SigningKeyRevoked(key.Key.KeyId, command.Reason))
            : ring.Keys.Where(key => key.Phase == KeyPhase.Signing)
                .Select(key => new SigningKeyRetired(key.Key.KeyId, now + KeepSigningKeys.ShownFor, command.Reason));
        return Outcome.Of<SigningKeyEvent>([.. begin, .. end]);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/signing-keys/rotate", (Command command, CommandRunner commands, KeyVault vault, HttpContext http) =>
        {
            KeyMaterial candidate = vault.New();
            return commands.RunAsync(
                http, SigningKeyRing.Streams, SigningKeyRing.Id, ring => Decide(ring, command, candidate, commands.Now),
                (_, ring) => Results.Ok(new { keyId = ring.Signing?.Key.KeyId }));
        }).RequireAuthorization("keys.manage");
        routes.MapGet("/signing-keys", (Issuance issuance, TimeProvider clock) => Results.Ok(new
        {
            keys = issuance.Ring.ShownAt(clock.GetUtcNow())
                .Select(key => new { keyId = key.Key.KeyId, key.Phase, key.SignsFrom, key.ShownUntil }),
        })).RequireAuthorization("keys.manage");
    }
}
