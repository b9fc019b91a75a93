using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Tests.Tokens;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.Clients;

public sealed class ClientTests(IdentityFederationHost host) : IClassFixture<IdentityFederationHost>
{
    [Fact]
    public async Task A_client_is_shown_with_what_happened_to_it_and_never_with_its_secret()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "shown");
        string text = (await host.GetAsync("/clients/shown")).ToJsonString() + (await host.GetAsync("/clients?limit=1000")).ToJsonString();

        JsonNode.Parse(text[..(text.IndexOf("}]}", StringComparison.Ordinal) + 3)])!["history"]!.AsArray().Select(change => change!["name"]!.GetValue<string>())
            .ShouldBe(["client_registered", "client_secret_rotated"]);
        text.ShouldNotContain(client.Secret);
        text.ShouldNotContain(IdentityFederation.Clients.ClientSecret.Hash(client.Secret));
        text.ShouldNotContain("sha256", Case.Insensitive);
    }

    [Fact]
    public async Task Clients_are_listed_a_page_at_a_time_in_the_order_of_their_ids()
    {
        foreach (string id in new[] { "page-b", "page-a", "page-c" })
        {
            await ClientPeer.WithSecretAsync(host, id);
        }

        JsonNode first = await host.GetAsync("/clients?limit=2&after=page-");
        Ids(first).ShouldBe(["page-a", "page-b"]);
        Ids(await host.GetAsync($"/clients?limit=1&after={first["next"]}")).ShouldBe(["page-c"]);
        using HttpResponseMessage refused = await host.SendAsync(HttpMethod.Get, "/clients?limit=0");
        await Refusal.ShouldBeAsync(refused, 400, "paging_malformed");
    }

    [Fact]
    public async Task Of_a_secret_only_the_hash_is_in_the_database()
    {
        ClientPeer client = await ClientPeer.WithSecretAsync(host, "hashed");
        await using var connection = new Npgsql.NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("select string_agg(data::text, '') from identity_federation.mt_events", connection);
        string stored = (string)(await command.ExecuteScalarAsync())!;

        stored.ShouldNotContain(client.Secret);
        stored.ShouldContain(IdentityFederation.Clients.ClientSecret.Hash(client.Secret));
    }

    [Fact]
    public async Task A_secret_is_told_once_even_to_whoever_repeats_the_command()
    {
        await ClientPeer.WithSecretAsync(host, "repeating");
        using HttpResponseMessage told = await host.PostAsync("/clients/repeating/rotate-secret", new { }, ("Idempotency-Key", "rotate-1"));
        told.StatusCode.ShouldBe(HttpStatusCode.OK);
        told.Headers.CacheControl!.NoStore.ShouldBeTrue();
        using HttpResponseMessage repeated = await host.PostAsync("/clients/repeating/rotate-secret", new { }, ("Idempotency-Key", "rotate-1"));
        await Refusal.ShouldBeAsync(repeated, 409, "secret_told_already");
    }

    [Theory]
    [InlineData("""{"name":"x","scopes":["a"],"tokenMinutes":1441}""", "client_malformed")]
    [InlineData("""{"name":"x","scopes":["a"],"tokenMinutes":61,"redirectUris":["https://viewer.test/back"]}""", "client_malformed")]
    [InlineData("""{"name":"x","scopes":["a b"]}""", "scope_malformed")]
    [InlineData("""{"name":"x","scopes":["a"],"audiences":[""]}""", "audience_malformed")]
    [InlineData("""{"name":"x","scopes":["a"],"authentication":"private_key_jwt"}""", "client_keys_malformed")]
    public async Task A_client_that_cannot_be_is_refused(string body, string code)
    {
        using HttpResponseMessage refused = await host.SendAsync(HttpMethod.Put, "/clients/malformed", body);
        await Refusal.ShouldBeAsync(refused, 400, code);
    }

    [Theory]
    [InlineData("PUT", "/clients/x", """{"name":"x"}""")]
    [InlineData("PUT", "/clients/x", """{"name":"x","scopes":["a"],"authentication":"none"}""")]
    [InlineData("PUT", "/clients/x", """{"name":"x","scopes":["a"],"secret":"chosen"}""")]
    [InlineData("PUT", "/clients/x", """{"name":"x","scopes":[null]}""")]
    [InlineData("PUT", "/clients/x", """{"name":"x","scopes":["a"],"jwks":{"keys":[null]}}""")]
    [InlineData("POST", "/clients/x/rotate-secret", """{"graceMinutes":"60"}""")]
    [InlineData("POST", "/clients/x/disable", "{}")]
    [InlineData("POST", "/clients/x/disable", "[")]
    public async Task A_body_that_cannot_be_read_is_refused(string method, string path, string body)
    {
        using HttpResponseMessage refused = await host.SendAsync(new HttpMethod(method), path, body);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await refused.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET", "/clients/nobody")]
    [InlineData("POST", "/clients/nobody/rotate-secret")]
    [InlineData("POST", "/clients/nobody/disable")]
    [InlineData("POST", "/clients/nobody/enable")]
    public async Task Whoever_is_not_registered_is_unknown(string method, string path)
    {
        using HttpResponseMessage refused = await host.SendAsync(new HttpMethod(method), path, method == "GET" ? null : path.EndsWith("disable", StringComparison.Ordinal) ? """{"reason":"why"}""" : "{}");
        await Refusal.ShouldBeAsync(refused, 404, "client_unknown");
    }

    [Theory]
    [InlineData("GET", "/clients")]
    [InlineData("GET", "/clients/x")]
    [InlineData("PUT", "/clients/x")]
    [InlineData("POST", "/clients/x/rotate-secret")]
    [InlineData("POST", "/clients/x/disable")]
    [InlineData("POST", "/clients/x/enable")]
    public async Task Only_who_manages_clients_sees_and_changes_them(string method, string path)
    {
        using HttpResponseMessage refused = await host.SendAsync(new HttpMethod(method), path, method == "GET" ? null : "{}", host.TokenOf("grace", "people.manage", "keys.manage"));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_new_installation_has_the_clients_of_its_file_and_what_was_changed_since_stays()
    {
        string file = Path.GetTempFileName();
        string hash = IdentityFederation.Clients.ClientSecret.Hash("of the installation");
        object viewer = new { id = "file-viewer", scopes = new[] { "a" }, @public = true, redirectUris = new[] { "https://viewer.test/" }, offlineAccess = true };
        object[] clients = [viewer, new { id = "administrator", scopes = new[] { "clients.manage" }, secretSha256 = hash }, new { id = "desk", scopes = new[] { "a" }, actsForUsers = true, secretSha256 = hash }];
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(clients));
        await using IdentityFederationHost installed = await host.BesideAsync(("IdentityFederation:ClientsFile", file));
        await Eventually.HoldsAsync(async () => Ids(await installed.GetAsync("/clients?limit=1000")).Contains("desk"), "the clients of the file are registered");
        (await new ClientPeer(installed, "administrator", "of the installation").TokenAsync()).ShouldNotBeEmpty();

        JsonNode shown = await installed.GetAsync("/clients/file-viewer");
        shown["authentication"]!.GetValue<string>().ShouldBe("none");
        shown["grants"]![0]!.GetValue<string>().ShouldBe("authorization_code");
        shown["redirectUris"]![0]!.GetValue<string>().ShouldBe("https://viewer.test/");
        shown["offlineAccess"]!.GetValue<bool>().ShouldBeTrue();
        string secret = await ClientPeer.RotateAsync(installed, "administrator");
        await using IdentityFederationHost again = await host.BesideAsync(("IdentityFederation:ClientsFile", file));
        await Eventually.HoldsAsync(async () => (await new ClientPeer(again, "administrator", secret).AskAsync()).IsSuccessStatusCode, "the changed secret is good after a restart");
        (await again.GetAsync("/clients/administrator"))["history"]!.AsArray().Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("""[{"id":"x","scopes":["a"],"secretSha256":"short"}]""")]
    [InlineData("""[{"id":"x","scopes":["a"]}]""")]
    [InlineData("""[{"id":"x","scopes":["a"],"public":true}]""")]
    [InlineData("""[{"id":"x","scopes":["a"],"public":true,"redirectUris":["http://viewer.test/"]}]""")]
    [InlineData("""[{"id":"Not An Id","scopes":["a"],"secretSha256":"0000000000000000000000000000000000000000000000000000000000000000"}]""")]
    public async Task A_file_that_holds_no_clients_ends_the_start(string content)
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, content);
        await Should.ThrowAsync<InvalidDataException>(() => host.BesideAsync(("IdentityFederation:ClientsFile", file)));
    }

    private static string[] Ids(JsonNode page) => [.. page["clients"]!.AsArray().Select(client => client!["id"]!.GetValue<string>())];
}
