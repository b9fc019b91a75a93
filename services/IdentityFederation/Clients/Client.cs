using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Clients;

/// <summary>How a client shows that it is itself.</summary>
internal enum ClientAuthentication
{
    /// <summary>With a secret that it was given.</summary>
    Secret,

    /// <summary>With a token that it signs itself (RFC 7523).</summary>
    PrivateKeyJwt,

    /// <summary>Not at all: it runs where it can keep nothing secret, in a browser or on a person's device.</summary>
    None,
}

/// <summary>What a client gets tokens for.</summary>
internal enum ClientGrant
{
    /// <summary>For being itself.</summary>
    ClientCredentials,

    /// <summary>For a person who has signed in.</summary>
    AuthorizationCode,
}

/// <summary>What a client is and may.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Scopes">What it may ask for.</param>
/// <param name="Authentication">How it shows that it is itself.</param>
/// <param name="Keys">Its public keys; none for a client with a secret.</param>
/// <param name="Audiences">Whom its tokens may be meant for; the first unless it asks for another.</param>
/// <param name="TokenMinutes">How long its tokens are valid.</param>
internal sealed record ClientDefinition(
    string Name, IReadOnlyList<string> Scopes, ClientAuthentication Authentication, IReadOnlyList<ClientKey> Keys,
    IReadOnlyList<string> Audiences, int TokenMinutes)
{
    /// <summary>A day: provisioning systems keep one token and cannot fetch another.</summary>
    public const int TokenMinutesMax = 24 * 60;

    /// <summary>What somebody may do changes within the hour at the latest.</summary>
    public const int PeopleTokenMinutesMax = 60;

    public const int TokenMinutesUsual = 15;

    /// <summary>What it gets tokens for.</summary>
    public IReadOnlyList<ClientGrant> Grants { get; init; } = [ClientGrant.ClientCredentials];

    /// <summary>Where people are sent back to who have signed in.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Where people are sent back to who have signed out.</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>Where it is told that a session is over; null when it need not be.</summary>
    public string? BackchannelLogoutUri { get; init; }

    /// <summary>Whether it may have refresh tokens.</summary>
    public bool OfflineAccess { get; init; }

    /// <summary>What its ID tokens and logout tokens are signed with (id_token_signed_response_alg).</summary>
    public string IdTokenAlgorithm { get; init; } = ClientKey.Rs256;

    /// <summary>What it may choose for them, the usual one first.</summary>
    public static IReadOnlyList<string> IdTokenAlgorithms { get; } = [ClientKey.Rs256, ClientKey.Es256];

    /// <summary>Equal when all parts are: lists are compared by what is in them.</summary>
    public bool Equals(ClientDefinition? other) =>
        other is not null && Name == other.Name && Authentication == other.Authentication && TokenMinutes == other.TokenMinutes
        && Scopes.SequenceEqual(other.Scopes, StringComparer.Ordinal) && Audiences.SequenceEqual(other.Audiences, StringComparer.Ordinal)
        && Keys.SequenceEqual(other.Keys) && Grants.SequenceEqual(other.Grants)
        && RedirectUris.SequenceEqual(other.RedirectUris, StringComparer.Ordinal)
        && PostLogoutRedirectUris.SequenceEqual(other.PostLogoutRedirectUris, StringComparer.Ordinal)
        && BackchannelLogoutUri == other.BackchannelLogoutUri && OfflineAccess == other.OfflineAccess
        && IdTokenAlgorithm == other.IdTokenAlgorithm;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);
}

/// <summary>Something happened to a client.</summary>
internal abstract record ClientEvent;

/// <summary>A program is known.</summary>
[EventName("client_registered")]
internal sealed record ClientRegistered(ClientDefinition Definition) : ClientEvent;

/// <summary>A client is or may something else than before.</summary>
[EventName("client_changed")]
internal sealed record ClientChanged(ClientDefinition Definition) : ClientEvent;

/// <summary>A client has a new secret.</summary>
/// <param name="SecretSha256">Its SHA-256 in hexadecimal digits. Secrets are random and long, so it gives nothing away.</param>
/// <param name="FormerUntil">How long the former secret is good still; null when it is not.</param>
/// <param name="OwnVoidUntil">
/// The tokens that the client got for itself until this moment are worth nothing: whoever else knew the former secret has some. Null where
/// there was none, or it is good still.
/// </param>
[EventName("client_secret_rotated")]
internal sealed record ClientSecretRotated(string SecretSha256, DateTimeOffset? FormerUntil, DateTimeOffset? OwnVoidUntil = null)
    : ClientEvent;

/// <summary>A client gets nothing any more, and what it has is worth nothing.</summary>
[EventName("client_disabled")]
internal sealed record ClientDisabled(string Reason, DateTimeOffset At) : ClientEvent;

/// <summary>A client gets tokens again. Those from before stay worth nothing.</summary>
[EventName("client_enabled")]
internal sealed record ClientEnabled : ClientEvent;

/// <summary>A program that asks for tokens.</summary>
internal abstract record Client
{
    private Client() { }

    public static StreamKind<Client, ClientEvent> Streams { get; } = new("client", new Unknown(), Evolve);

    public static Refusal Absent { get; } = new("client_unknown", "There is no client with this id: register it first.");

    public static Client Evolve(Client state, ClientEvent @event) => (state, @event) switch
    {
        (Unknown, ClientRegistered e) => new Registered(e.Definition, null, null, Disabled: false, null),

        // A secret does not come back to life with a later change of mind.
        (Registered client, ClientChanged { Definition: { Authentication: not ClientAuthentication.Secret } definition }) =>
            client with { Definition = definition, SecretSha256 = null, Former = null },
        (Registered client, ClientChanged e) => client with { Definition = e.Definition },
        (Registered client, ClientSecretRotated e) => client with
        {
            SecretSha256 = e.SecretSha256,
            Former = client.SecretSha256 is { } former && e.FormerUntil is { } until ? new FormerSecret(former, until) : null,
            OwnVoidUntil = e.OwnVoidUntil ?? client.OwnVoidUntil,
        },
        (Registered client, ClientDisabled e) => client with { Disabled = true, VoidUntil = e.At },
        (Registered client, ClientEnabled) => client with { Disabled = false },
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the client is corrupt."),
    };

    public sealed record Unknown : Client;

    /// <param name="Definition">What it is and may.</param>
    /// <param name="SecretSha256">Its secret, hashed; null while it has none.</param>
    /// <param name="Former">The secret that it had before, while it is good.</param>
    /// <param name="Disabled">Whether it gets nothing.</param>
    /// <param name="VoidUntil">Tokens that were issued at this moment or earlier are worth nothing.</param>
    public sealed record Registered(
        ClientDefinition Definition, string? SecretSha256, FormerSecret? Former, bool Disabled, DateTimeOffset? VoidUntil) : Client
    {
        /// <summary>Tokens that it got for itself at this moment or earlier are worth nothing.</summary>
        public DateTimeOffset? OwnVoidUntil { get; init; }

        /// <summary>Until when tokens had to be issued that are worth nothing; null when none had.</summary>
        /// <param name="ownGrant">Whether they are the client's own, or for a person.</param>
        public DateTimeOffset? VoidUntilFor(bool ownGrant) =>
            ownGrant && (VoidUntil is null || OwnVoidUntil > VoidUntil) ? OwnVoidUntil : VoidUntil;
    }

    /// <param name="Sha256">Its hash.</param>
    /// <param name="Until">How long it is good.</param>
    public sealed record FormerSecret(string Sha256, DateTimeOffset Until);
}
