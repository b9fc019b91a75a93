using System.Security.Cryptography;
using System.Text.Json.Serialization;
using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Clients;

/// <summary>Gives a client a new secret, which is told once. The former one may stay good for a while.</summary>
internal static class RotateSecret
{
    private const int GraceMinutesMax = 24 * 60;

    /// <param name="GraceMinutes">How long the former secret stays good, at most a day; not at all unless given.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(int GraceMinutes = 0);

    public static Outcome<ClientEvent> Decide(Client state, Command command, string secretSha256, DateTimeOffset now) => state switch
    {
        _ when command.GraceMinutes is < 0 or > GraceMinutesMax =>
            new Refusal("grace_malformed", $"A former secret stays good for 0 to {GraceMinutesMax} minutes."),
        Client.Registered { Definition.Authentication: ClientAuthentication.Secret } client => command.GraceMinutes == 0
            ? new ClientSecretRotated(secretSha256, FormerUntil: null, OwnVoidUntil: client.SecretSha256 is null ? null : now)
            : new ClientSecretRotated(secretSha256, now.AddMinutes(command.GraceMinutes)),
        Client.Registered => new Refusal(
            "client_without_secret", "The client signs its own tokens (private_key_jwt) or is public (none), and has no secret."),
        _ => Client.Absent,
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/clients/{id}/rotate-secret", (string id, Command command, CommandRunner commands, HttpContext http) =>
        {
            string secret = ClientSecret.New();
            string sha256 = ClientSecret.Hash(secret);
            http.Response.Headers.CacheControl = "no-store";
            return commands.RunAsync(
                http, Client.Streams, id, state => Decide(state, command, sha256, commands.Now),

                // A repeated command made no secret: the one that was told is not known here.
                (_, state) => state is Client.Registered { SecretSha256: var kept } && kept == sha256
                    ? Results.Ok(new { clientId = id, clientSecret = secret })
                    : Refusals.Answer(new Refusal(
                        "secret_told_already",
                        "The secret of this command was told once and is not known any more: rotate again with another Idempotency-Key.")));
        })
        .RequireAuthorization("clients.manage");
}

/// <summary>Secrets of clients: 256 random bits, of which only the hash is kept.</summary>
internal static class ClientSecret
{
    public static string New() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));
}
