using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Signs with other keys at once, of each algorithm. Where a key has leaked, no key from before is worth anything any more, nor any token
/// that they signed.
/// </summary>
internal static class RotateSigningKeys
{
    /// <param name="Reason">Why.</param>
    /// <param name="Revoke">Whether a key has leaked.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason, bool Revoke = false);

    public static Outcome<SigningKeyEvent> Decide(
        SigningKeyRing ring, Command command, IReadOnlyList<KeyMaterial> candidates, DateTimeOffset now)
    {
        if (!Identifiers.IsText(command.Reason, 1000))
        {
            return new Refusal("reason_required", "Say in at most 1000 characters why.");
        }

        IEnumerable<SigningKeyEvent> begin = candidates.SelectMany(candidate => Begin(ring, command, candidate, now));
        IEnumerable<SigningKeyEvent> end = command.Revoke
            ? ring.Keys.Select(key => new SigningKeyRevoked(key.Key.KeyId, command.Reason))
            : ring.Keys.Where(key => key.Phase == KeyPhase.Signing)
                .Select(key => new SigningKeyRetired(key.Key.KeyId, now + KeepSigningKeys.ShownFor, command.Reason));
        return Outcome.Of<SigningKeyEvent>([.. begin, .. end]);
    }

    // The announced key is known to those who check tokens, so it is the better next one; unless it has been where the leaked one was.
    private static SigningKeyEvent[] Begin(SigningKeyRing ring, Command command, KeyMaterial candidate, DateTimeOffset now) =>
        !command.Revoke && ring.AnnouncedFor(candidate.Algorithm) is { } next
            ? [new SigningKeyActivated(next.Key.KeyId, now)]
            : [new SigningKeyAnnounced(candidate, now), new SigningKeyActivated(candidate.KeyId, now)];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/signing-keys/rotate", (Command command, CommandRunner commands, KeyVault vault, HttpContext http) =>
        {
            KeyMaterial[] candidates = [.. SigningKeyRing.Algorithms.Select(vault.New)];
            return commands.RunAsync(
                http, SigningKeyRing.Streams, SigningKeyRing.Id, ring => Decide(ring, command, candidates, commands.Now),
                (_, ring) => Results.Ok(new
                {
                    keys = SigningKeyRing.Algorithms
                        .Select(algorithm => new { keyId = ring.SigningWith(algorithm)?.Key.KeyId, algorithm }),
                }));
        }).RequireAuthorization("keys.manage");
        routes.MapGet("/signing-keys", (Issuance issuance, TimeProvider clock) => Results.Ok(new
        {
            keys = issuance.Ring.ShownAt(clock.GetUtcNow())
                .Select(key => new { keyId = key.Key.KeyId, key.Key.Algorithm, key.Phase, key.SignsFrom, key.ShownUntil }),
        })).RequireAuthorization("keys.manage");
    }
}
