using AccessGov.EventSourcing;
using AccessGov.Testing;
using AccessGov.TrailFeed;

namespace AccessGov.IdentityFederation.Tests;

/// <summary>Whoever adds an event decides what of it leaves the service: what looks secret is withheld, or somebody has looked at
/// it.</summary>
public sealed class WithheldTests
{
    /// <summary>They look secret and open nothing; each says why.</summary>
    private static readonly string[] Harmless =
    [
        // Public keys (JWK) and how they are named; the private one is Sealed, which is withheld.
        "signing_key_announced.Key", "signing_key_announced.Key.KeyId", "signing_key_announced.Key.Public", "signing_key_activated.KeyId",
        "signing_key_retired.KeyId", "signing_key_revoked.KeyId", "client_registered.Definition.Keys", "client_changed.Definition.Keys",
        // For how long and with which algorithm tokens are made.
        "client_registered.Definition.TokenMinutes", "client_changed.Definition.TokenMinutes",
        "client_registered.Definition.IdTokenAlgorithm",
        "client_changed.Definition.IdTokenAlgorithm",
        // How somebody signed in: methods and provider, nothing of what was shown. The session's key beside it is withheld.
        "session_started.Proof", "session_stepped_up.Proof",
        // What a passkey is called, as it is told to every page that asks for it.
        "passkey_registered.CredentialId", "passkey_used.CredentialId", "credential_removed.CredentialId",
    ];

    private static Dictionary<string, Type> Events { get; } = typeof(IdentityFederationModule).Assembly.GetTypes()
        .Where(type => type.GetCustomAttributes(typeof(EventNameAttribute), inherit: false).Length > 0)
        .ToDictionary(type => ((EventNameAttribute)type.GetCustomAttributes(typeof(EventNameAttribute), inherit: false)[0]).Name);

    private static string[] Looking { get; } = [.. Events.SelectMany(pair => SecretLookingMembers.Of(pair.Key, pair.Value))];

    [Fact]
    public void Every_member_that_looks_secret_is_withheld_or_known_to_be_harmless() =>
        Looking.Where(path => !IsWithheld(path)).Except(Harmless, StringComparer.Ordinal).ShouldBeEmpty();

    [Fact]
    public void What_is_harmless_or_withheld_is_there()
    {
        Harmless.Except(Looking, StringComparer.Ordinal).ShouldBeEmpty();
        Harmless.Where(IsWithheld).ShouldBeEmpty();
        Withheld withheld = WithheldMembers.OfEvents;
        withheld.Events.SelectMany(name => withheld.Of(name).Select(member => (Name: name, Member: member)))
            .Where(one => !Looking.Any(path => path.StartsWith($"{one.Name}.", StringComparison.Ordinal)
                && path.EndsWith($".{one.Member}", StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    /// <summary>The member itself, or something that it stands in.</summary>
    private static bool IsWithheld(string path) =>
        path.Split('.') is [var name, .. var members] && members.Intersect(WithheldMembers.OfEvents.Of(name), StringComparer.Ordinal).Any();
}
