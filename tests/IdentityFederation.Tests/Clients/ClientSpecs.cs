using AccessGov.IdentityFederation.Clients;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Clients;

public sealed class ClientSpecs
{
    private static readonly ClientDefinition Pacs = new("PACS", ["decisions.evaluate"], ClientAuthentication.Secret, [], ["accessgov"], 15);
    private static readonly RegisterClient.Command Command = new("PACS", ["decisions.evaluate"]);

    // The example of RFC 7515, A.3.1.
    private static readonly RegisterClient.PublicKey Key = new(
        "EC", "k1", Crv: "P-256", X: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", Y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");

    [Fact]
    public void A_client_is_registered_with_what_is_usual() =>
        Given(Client.Streams).When(state => Register(state, Command)).Then(new ClientRegistered(Pacs));

    [Fact]
    public void Registering_the_same_again_changes_nothing() =>
        Given(Client.Streams, new ClientRegistered(Pacs)).When(state => Register(state, Command)).ThenNothing();

    [Fact]
    public void Registering_otherwise_changes_the_client() => Given(Client.Streams, new ClientRegistered(Pacs))
        .When(state => Register(state, Command with { TokenMinutes = 5 })).Then(new ClientChanged(Pacs with { TokenMinutes = 5 }));

    [Theory]
    [InlineData("Upper", "PACS", 15)]
    [InlineData("pacs", " ", 15)]
    [InlineData("pacs", "PACS", 0)]
    [InlineData("pacs", "PACS", 1441)]
    public void A_client_that_cannot_be_is_refused(string id, string name, int minutes) => Given(Client.Streams)
        .When(state => RegisterClient.Decide(state, id, Command with { Name = name, TokenMinutes = minutes }, "accessgov"))
        .ThenRefused("client_malformed", 400);

    [Theory]
    [InlineData]
    [InlineData("two words")]
    [InlineData("a\"b")]
    [InlineData("line\n")]
    [InlineData("twice", "twice")]
    public void Scopes_that_cannot_be_are_refused(params string[] scopes) =>
        Given(Client.Streams).When(state => Register(state, Command with { Scopes = scopes })).ThenRefused("scope_malformed", 400);

    [Theory]
    [InlineData(" padded")]
    [InlineData("twice", "twice")]
    public void Audiences_that_cannot_be_are_refused(params string[] audiences) =>
        Given(Client.Streams).When(state => Register(state, Command with { Audiences = audiences })).ThenRefused("audience_malformed", 400);

    [Fact]
    public void A_client_with_keys_of_its_own_is_registered_with_their_public_part() =>
        Given(Client.Streams).When(state => Register(state, Signing(Key))).Then(new ClientRegistered(Pacs with
        {
            Authentication = ClientAuthentication.PrivateKeyJwt, Keys = [new("EC", "k1", Crv: "P-256", X: Key.X, Y: Key.Y)],
        }));

    public static TheoryData<string> UnusableKeys =>
    [
        "none", "private", "encryption", "off the curve", "another curve", "another algorithm", "short", "even exponent",
        "twice", "symmetric",
    ];

    [Theory]
    [MemberData(nameof(UnusableKeys))]
    public void Keys_that_nothing_can_be_checked_with_are_refused(string which)
    {
        RegisterClient.PublicKey[] keys = which switch
        {
            "none" => [],
            "private" => [Key with { D = "AA" }],
            "encryption" => [Key with { Use = "enc" }],
            "off the curve" => [Key with { Y = Key.X }],
            "another curve" => [Key with { Crv = "P-384" }],
            "another algorithm" => [Key with { Alg = "RS256" }],
            "short" => [Rsa(128, "AQAB")],
            "even exponent" => [Rsa(256, "AQAA")],
            "twice" => [Key, Key],
            _ => [new("oct", "k1")],
        };
        Given(Client.Streams).When(state => Register(state, Signing(keys))).ThenRefused("client_keys_malformed", 400);
    }

    [Fact]
    public void An_rsa_key_of_2048_bits_is_long_enough() =>
        Given(Client.Streams).When(state => Register(state, Signing(Rsa(256, "AQAB"))))
            .Outcome.ShouldBeOfType<EventSourcing.Outcome<ClientEvent>.Accepted>();

    [Fact]
    public void A_client_with_a_secret_has_no_keys() =>
        Given(Client.Streams).When(state => Register(state, Command with { Jwks = new([Key]) })).ThenRefused("client_keys_malformed", 400);

    [Fact]
    public void A_former_secret_is_good_as_long_as_is_said() =>
        Given(Client.Streams, new ClientRegistered(Pacs), new ClientSecretRotated("a", null))
        .When(state => RotateSecret.Decide(state, new(GraceMinutes: 60), "b", Now)).Then(new ClientSecretRotated("b", Now.AddHours(1)));

    [Fact]
    public void A_secret_that_is_good_no_more_takes_along_what_was_got_with_it()
    {
        ClientEvent[] rotated = [new ClientRegistered(Pacs), new ClientSecretRotated("a", null)];
        Given(Client.Streams, rotated).When(state => RotateSecret.Decide(state, new(), "b", Now))
            .Then(new ClientSecretRotated("b", null, Now));
        Given(Client.Streams, new ClientRegistered(Pacs)).When(state => RotateSecret.Decide(state, new(), "a", Now))
            .Then(new ClientSecretRotated("a", null));
        Client.Registered client = Given(
            Client.Streams, [.. rotated, new ClientSecretRotated("b", null, Now), new ClientSecretRotated("c", Now.AddHours(1))])
            .State.ShouldBeOfType<Client.Registered>();
        (client.VoidUntilFor(ownGrant: true), client.VoidUntilFor(ownGrant: false)).ShouldBe((Now, null));
        client = (Client.Registered)Client.Evolve(client, new ClientDisabled("It leaked.", Now.AddHours(2)));
        (client.VoidUntilFor(ownGrant: true), client.VoidUntilFor(ownGrant: false)).ShouldBe((Now.AddHours(2), Now.AddHours(2)));
        client = (Client.Registered)Client.Evolve(client, new ClientSecretRotated("d", null, Now.AddHours(3)));
        (client.VoidUntilFor(ownGrant: true), client.VoidUntilFor(ownGrant: false)).ShouldBe((Now.AddHours(3), Now.AddHours(2)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1441)]
    public void A_former_secret_is_good_for_a_day_at_most(int minutes) => Given(Client.Streams, new ClientRegistered(Pacs))
        .When(state => RotateSecret.Decide(state, new(minutes), "b", Now)).ThenRefused("grace_malformed", 400);

    [Fact]
    public void A_client_that_signs_has_no_secret_and_an_old_one_does_not_come_back()
    {
        ClientDefinition signing = Pacs with { Authentication = ClientAuthentication.PrivateKeyJwt };
        Given(Client.Streams, new ClientRegistered(signing)).When(state => RotateSecret.Decide(state, new(), "b", Now))
            .ThenRefused("client_without_secret", 409);
        Given(
            Client.Streams, new ClientRegistered(Pacs), new ClientSecretRotated("a", null), new ClientChanged(signing),
            new ClientChanged(Pacs))
            .State.ShouldBeOfType<Client.Registered>().SecretSha256.ShouldBeNull();
    }

    [Fact]
    public void Without_a_reason_nobody_is_disabled() =>
        Given(Client.Streams, new ClientRegistered(Pacs)).When(state => DisableClient.Disable(state, " ", Now))
            .ThenRefused("reason_required", 400);

    [Fact]
    public void Disabling_and_enabling_twice_is_once()
    {
        ClientEvent[] disabled = [new ClientRegistered(Pacs), new ClientDisabled("It leaked.", Now)];
        Given(Client.Streams, disabled).When(state => DisableClient.Disable(state, "It leaked.", Now)).ThenNothing();
        Given(Client.Streams, disabled).When(DisableClient.Enable).Then(new ClientEnabled());
        Given(Client.Streams, new ClientRegistered(Pacs)).When(DisableClient.Enable).ThenNothing();
    }

    [Fact]
    public void What_is_not_registered_is_unknown()
    {
        Given(Client.Streams).When(state => RotateSecret.Decide(state, new(), "b", Now)).ThenRefused("client_unknown", 404);
        Given(Client.Streams).When(state => DisableClient.Disable(state, "why", Now)).ThenRefused("client_unknown", 404);
        Given(Client.Streams).When(DisableClient.Enable).ThenRefused("client_unknown", 404);
    }

    private static EventSourcing.Outcome<ClientEvent> Register(Client state, RegisterClient.Command command) =>
        RegisterClient.Decide(state, "pacs", command, "accessgov");

    private static RegisterClient.Command Signing(params RegisterClient.PublicKey[] keys) =>
        Command with { Authentication = ClientAuthentication.PrivateKeyJwt, Jwks = new(keys) };

    private static RegisterClient.PublicKey Rsa(int bytes, string exponent) =>
        new("RSA", "k1", N: System.Buffers.Text.Base64Url.EncodeToString([.. Enumerable.Repeat((byte)0xC3, bytes)]), E: exponent);
}
