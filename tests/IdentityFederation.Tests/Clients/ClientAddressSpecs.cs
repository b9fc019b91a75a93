using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Clients;
using static AccessGov.IdentityFederation.Tests.Spec;

namespace AccessGov.IdentityFederation.Tests.Clients;

/// <summary>What clients are told and sent, and for whom they may have tokens.</summary>
public sealed class ClientAddressSpecs
{
    private static readonly RegisterClient.Command Viewer = new("Viewer", ["images.open"], ClientAuthentication.None)
    {
        RedirectUris = ["https://viewer.test/callback"],
        PostLogoutRedirectUris = ["https://viewer.test/"],
        BackchannelLogoutUri = "https://viewer.test/logout",
        OfflineAccess = true,
    };

    private static readonly ClientDefinition Registered = new("Viewer", ["images.open"], ClientAuthentication.None, [], ["accessgov"], 15)
    {
        Grants = [ClientGrant.AuthorizationCode],
        RedirectUris = ["https://viewer.test/callback"],
        PostLogoutRedirectUris = ["https://viewer.test/"],
        BackchannelLogoutUri = "https://viewer.test/logout",
        OfflineAccess = true,
    };

    [Fact]
    public void A_client_that_people_can_be_sent_back_to_gets_tokens_for_them() =>
        Given(Client.Streams).When(state => Register(state, Viewer)).Then(new ClientRegistered(Registered));

    [Fact]
    public void Registering_the_same_again_changes_nothing_and_another_address_does()
    {
        Given(Client.Streams, new ClientRegistered(Registered)).When(state => Register(state, Viewer)).ThenNothing();
        Given(Client.Streams, new ClientRegistered(Registered)).When(state => Register(state, Viewer with { OfflineAccess = false }))
            .Then(new ClientChanged(Registered with { OfflineAccess = false }));
        Given(Client.Streams, new ClientRegistered(Registered)).When(state => Register(state, Viewer with { RedirectUris = ["https://viewer.test/other"] }))
            .Then(new ClientChanged(Registered with { RedirectUris = ["https://viewer.test/other"] }));
    }

    [Theory]
    [InlineData("http://viewer.test/callback")]
    [InlineData("https://viewer.test/callback#fragment")]
    [InlineData("https://viewer.test/a/../callback")]
    [InlineData("https://VIEWER.test/callback")]
    [InlineData("https://somebody@viewer.test/callback")]
    [InlineData("https://viewer.test/call back")]
    [InlineData("https://viewer.test\\@evil.test/")]
    [InlineData("https://viewer.test:443/callback")]
    [InlineData("https://*.viewer.test/callback")]
    [InlineData("javascript:alert(1)")]
    [InlineData("viewer:/callback")]
    [InlineData("com.viewer:callback")]
    [InlineData("com.viewer:/a/../callback")]
    [InlineData("com.viewer:/callback#fragment")]
    [InlineData("COM.viewer:/callback")]
    [InlineData("com.viewer://somebody@x/callback")]
    [InlineData("/callback")]
    [InlineData("")]
    [InlineData(null)]
    public void An_address_that_could_be_read_in_two_ways_or_by_others_is_refused(string? address)
    {
        Given(Client.Streams).When(state => Register(state, Viewer with { RedirectUris = [address!] })).ThenRefused("client_address_malformed", 400);
        Given(Client.Streams).When(state => Register(state, Viewer with { PostLogoutRedirectUris = [address!] })).ThenRefused("client_address_malformed", 400);
        if (address is not null)
        {
            Given(Client.Streams).When(state => Register(state, Viewer with { BackchannelLogoutUri = address })).ThenRefused("client_address_malformed", 400);
        }
    }

    [Fact]
    public void An_address_is_named_once_and_not_longer_than_500_characters()
    {
        Given(Client.Streams).When(state => Register(state, Viewer with { RedirectUris = ["https://a.test/", "https://a.test/"] }))
            .ThenRefused("client_address_malformed", 400);
        Given(Client.Streams).When(state => Register(state, Viewer with { RedirectUris = ["https://a.test/" + new string('x', 500)] }))
            .ThenRefused("client_address_malformed", 400);
        Given(Client.Streams).When(state => Register(state, Viewer with { RedirectUris = [.. Enumerable.Range(0, 21).Select(n => $"https://a.test/{n}")] }))
            .ThenRefused("client_address_malformed", 400);
    }

    [Theory]
    [InlineData("http://127.0.0.1/callback")]
    [InlineData("http://[::1]:8123/callback")]
    [InlineData("http://localhost:3000/callback")]
    [InlineData("https://viewer.test")]
    [InlineData("https://viewer.test/callback?tenant=a")]
    public void Addresses_of_programs_on_the_persons_device_are_taken(string address) =>
        Given(Client.Streams).When(state => Register(state, Viewer with { RedirectUris = [address] })).Outcome.ShouldBeOfType<Outcome<ClientEvent>.Accepted>();

    [Theory]
    [InlineData("com.example.viewer:/callback")]
    [InlineData("com.example.viewer://callback")]
    public void A_scheme_of_its_own_is_for_programs_without_a_secret_and_no_place_to_tell_of_sessions(string address)
    {
        Given(Client.Streams).When(state => Register(state, Viewer with { RedirectUris = [address], PostLogoutRedirectUris = [address] }))
            .Outcome.ShouldBeOfType<Outcome<ClientEvent>.Accepted>();
        Given(Client.Streams).When(state => Register(state, Viewer with { RedirectUris = [address], Authentication = ClientAuthentication.Secret }))
            .ThenRefused("client_address_malformed", 400);
        Given(Client.Streams).When(state => Register(state, Viewer with { BackchannelLogoutUri = address }))
            .ThenRefused("client_address_malformed", 400);
    }

    public static TheoryData<string> BadGrants =>
        ["machine without secret", "people without address", "address without people", "logout without people", "offline without people", "none", "twice"];

    [Theory]
    [MemberData(nameof(BadGrants))]
    public void Grants_that_do_not_fit_are_refused(string which)
    {
        RegisterClient.Command machine = new("PACS", ["decisions.evaluate"]);
        RegisterClient.Command command = which switch
        {
            "machine without secret" => Viewer with { Grants = [ClientGrant.AuthorizationCode, ClientGrant.ClientCredentials] },
            "people without address" => machine with { Grants = [ClientGrant.AuthorizationCode] },
            "address without people" => Viewer with { Authentication = ClientAuthentication.Secret, Grants = [ClientGrant.ClientCredentials] },
            "logout without people" => machine with { BackchannelLogoutUri = "https://pacs.test/logout" },
            "offline without people" => machine with { OfflineAccess = true },
            "none" => machine with { Grants = [] },
            _ => Viewer with { Grants = [ClientGrant.AuthorizationCode, ClientGrant.AuthorizationCode] },
        };
        Given(Client.Streams).When(state => Register(state, command)).ThenRefused("client_grants_malformed", 400);
    }

    [Fact]
    public void A_client_that_shows_in_no_way_who_it_is_has_neither_keys_nor_a_secret() => Given(Client.Streams, new ClientRegistered(Registered))
        .When(state => RotateSecret.Decide(state, new(), "b", Now)).ThenRefused("client_without_secret", 409);

    [Fact]
    public void What_was_stored_before_clients_had_addresses_is_read_as_a_client_that_acts_for_itself()
    {
        ClientRegistered stored = JsonSerializer.Deserialize<ClientRegistered>(
            """{"Definition":{"Name":"PACS","Scopes":["a"],"Authentication":"Secret","Keys":[],"Audiences":["accessgov"],"TokenMinutes":15}}""",
            EventTypes.SerializerOptions)!;
        stored.Definition.Grants.ShouldBe([ClientGrant.ClientCredentials]);
        stored.Definition.RedirectUris.ShouldBeEmpty();
        stored.Definition.OfflineAccess.ShouldBeFalse();
    }

    private static Outcome<ClientEvent> Register(Client state, RegisterClient.Command command) => RegisterClient.Decide(state, "viewer", command, "accessgov");
}
