using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Clients;

/// <summary>Says what a client is and may, for the first time or anew.</summary>
internal static partial class RegisterClient
{
    private const int ScopesMax = 200;
    private const int AudiencesMax = 20;
    private const int KeysMax = 10;

    /// <param name="Name">What people call it.</param>
    /// <param name="Scopes">What it may ask for.</param>
    /// <param name="Authentication">How it shows that it is itself.</param>
    /// <param name="Jwks">Its public keys, for private_key_jwt.</param>
    /// <param name="Audiences">Whom its tokens may be meant for; those who take this service's own tokens unless given.</param>
    /// <param name="TokenMinutes">How long its tokens are valid, from 1 to 60 minutes; up to a day where they are never a person's.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(
        string Name, IReadOnlyList<string> Scopes, ClientAuthentication Authentication = ClientAuthentication.Secret, KeySet? Jwks = null,
        IReadOnlyList<string>? Audiences = null, int TokenMinutes = ClientDefinition.TokenMinutesUsual)
    {
        /// <summary>What it gets tokens for: for people if they can be sent back to it, else for being itself.</summary>
        public IReadOnlyList<ClientGrant>? Grants { get; init; }

        public IReadOnlyList<string>? RedirectUris { get; init; }

        public IReadOnlyList<string>? PostLogoutRedirectUris { get; init; }

        public string? BackchannelLogoutUri { get; init; }

        public bool OfflineAccess { get; init; }

        public string IdTokenAlgorithm { get; init; } = ClientKey.Rs256;
    }

    /// <param name="Keys">As RFC 7517, 5 writes them.</param>
    public sealed record KeySet(IReadOnlyList<PublicKey> Keys);

    /// <param name="D">The private part of a key, which does not belong here.</param>
    /// <param name="Use">sig.</param>
    public sealed record PublicKey(
        string Kty, string? Kid = null, string? Alg = null, string? Use = null, string? Crv = null, string? X = null, string? Y = null,
        string? N = null, string? E = null, string? D = null);

    public static Outcome<ClientEvent> Decide(Client state, string id, Command command, string audience)
    {
        // What a list holds may be null: the JSON reader looks at members only.
        PublicKey[] given = [.. (command.Jwks?.Keys ?? []).Select(key => key ?? new(""))];
        ClientKey[] keys = [.. given.Select(key => new ClientKey(key.Kty, key.Kid, key.Alg, key.Crv, key.X, key.Y, key.N, key.E))];
        if (!Identifiers.IsOwn(id) || !Identifiers.IsText(command.Name, 200)
            || command.TokenMinutes < 1 || !ClientDefinition.IdTokenAlgorithms.Contains(command.IdTokenAlgorithm)
            || command.TokenMinutes > (GrantsOf(command).All(grant => grant == ClientGrant.ClientCredentials)
                ? ClientDefinition.TokenMinutesMax : ClientDefinition.PeopleTokenMinutesMax))
        {
            return new Refusal(
                "client_malformed",
                "A client has an id of 1 to 64 lower case letters, digits and inner hyphens, "
                + "a name of at most 200 characters, and tokens for 1 to 60 minutes, or for a day at most where they are never a person's; "
                + "its ID tokens are signed with RS256 or ES256.");
        }

        if (command.Scopes.Count is 0 or > ScopesMax || Repeats(command.Scopes)
            || command.Scopes.Any(scope => !IsScope(scope)))
        {
            return new Refusal(
                "scope_malformed",
                $"A client has 1 to {ScopesMax} scopes, each named once, without blanks, quotation marks and backslashes.");
        }

        IReadOnlyList<string> audiences = command.Audiences is { Count: > 0 } named ? named : [audience];
        if (audiences.Count > AudiencesMax || audiences.Any(one => one is null || !Identifiers.IsForeign(one)) || Repeats(audiences))
        {
            return new Refusal(
                "audience_malformed",
                $"A client has at most {AudiencesMax} audiences of 1 to {Identifiers.LengthMax} characters, each named once.");
        }

        bool usable = keys.Length is >= 1 and <= KeysMax && !Repeats(keys.Select(key => key.Kid ?? "")) && keys.All(key => key.IsUsable())
            && given.All(key => key.D is null && key.Use is null or "sig");
        if (command.Authentication == ClientAuthentication.PrivateKeyJwt ? !usable : keys.Length > 0)
        {
            return new Refusal(
                "client_keys_malformed",
                $"A client with private_key_jwt, and no other, has 1 to {KeysMax} public keys with different kid, EC on P-256 or RSA "
                + "of at least 2048 bits. Private parts stay with the client.");
        }

        var definition = new ClientDefinition(command.Name, command.Scopes, command.Authentication, keys, audiences, command.TokenMinutes)
        {
            Grants = GrantsOf(command),
            RedirectUris = command.RedirectUris ?? [],
            PostLogoutRedirectUris = command.PostLogoutRedirectUris ?? [],
            BackchannelLogoutUri = command.BackchannelLogoutUri,
            OfflineAccess = command.OfflineAccess,
            IdTokenAlgorithm = command.IdTokenAlgorithm,
        };
        if (ClientAddresses.Malformed(definition) is { } malformed)
        {
            return malformed;
        }

        return state is not Client.Registered { Definition: var before } ? new ClientRegistered(definition)
            : before == definition ? Outcome.NothingToDo<ClientEvent>() : new ClientChanged(definition);
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/clients/{id}", (
            string id, Command command, CommandRunner commands, IOptions<AuthenticationSettings> authentication, HttpContext http) =>
            commands.RunAsync(
                http, Client.Streams, id, state => Decide(state, id, command, authentication.Value.Audience),
                alongside: TokenSubjects.TakeForClient(id)))
        .RequireAuthorization("clients.manage");

    /// <summary>Whether a text can be a scope.</summary>
    public static bool IsScope(string? scope) => scope is not null && ScopePattern().IsMatch(scope);

    private static IReadOnlyList<ClientGrant> GrantsOf(Command command) =>
        command.Grants ?? [command.RedirectUris is { Count: > 0 } ? ClientGrant.AuthorizationCode : ClientGrant.ClientCredentials];

    private static bool Repeats(IEnumerable<string> texts) =>
        texts.GroupBy(text => text, StringComparer.Ordinal).Any(group => group.Count() > 1);

    // RFC 6749, 3.3.
    [GeneratedRegex(@"^[\x21\x23-\x5B\x5D-\x7E]{1,200}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ScopePattern();
}
