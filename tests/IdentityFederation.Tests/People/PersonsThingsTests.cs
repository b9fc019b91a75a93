using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Tests.SignIn;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.People;

/// <summary>What whoever looks after people sees of somebody: their groups, and what they sign in with.</summary>
public sealed class PersonsThingsTests(SignInHost running) : IClassFixture<SignInHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    public async Task Somebody_s_groups_are_told_with_what_they_permit()
    {
        string person = await host.PersonAsync("grouped");
        (await host.GetAsync($"/people/{person}/groups"))["groups"]!.AsArray().ShouldBeEmpty();
        await running.IntoAdministratorsAsync(person);
        await ExecuteAsync(
            "update identity_federation.group_directory set scopes = '{people.read,people.manage}' where id = 'administrators'");

        JsonNode group = (await host.GetAsync($"/people/{person}/groups"))["groups"]!.AsArray().ShouldHaveSingleItem()!;

        group["displayName"]!.GetValue<string>().ShouldBe("Administrators");
        group["scopes"]!.AsArray().Select(scope => scope!.GetValue<string>()).ShouldBe(["people.read", "people.manage"]);
    }

    [Fact]
    [Trait("Requirement", "S5")]
    public async Task What_somebody_signs_in_with_is_told_without_anything_that_opens_it()
    {
        string nobody = await host.PersonAsync("without-account");
        JsonNode nothing = await host.GetAsync($"/people/{nobody}/credentials");
        nothing["passwordSetAt"].ShouldBeNull();
        nothing["recoveryCodesLeft"]!.GetValue<int>().ShouldBe(0);

        (string person, string secret) = await SignInBrowser.PersonAsync(host, "with-account", app: true);
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, $"/people/{person}/credentials");

        string text = await answer.Content.ReadAsStringAsync();
        JsonNode told = JsonNode.Parse(text)!;
        told["passwordSetAt"]!.GetValue<DateTimeOffset>().ShouldBe(running.Clock.GetUtcNow(), TimeSpan.FromMinutes(5));
        told["appEnrolledAt"].ShouldNotBeNull();
        told["enrolmentLinkUntil"].ShouldBeNull("the link was followed");
        text.ShouldNotContain(secret);
        told.AsObject().Select(member => member.Key).ShouldBe(["passwordSetAt", "appEnrolledAt", "passkeys", "recoveryCodesLeft"]);

        // The answer names the account's version, upon which a link is given.
        await Refusal.ShouldBeAsync(await host.PostAsync($"/people/{person}/enrolment", new { }, ("If-Match", "\"1\"")), 412, "stale");
        (await host.PostAsync($"/people/{person}/enrolment", new { }, ("If-Match", answer.Headers.ETag!.ToString())))
            .StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.GetAsync($"/people/{person}/credentials"))["enrolmentLinkUntil"]!.GetValue<DateTimeOffset>()
            .ShouldBe(running.Clock.GetUtcNow().AddDays(3), TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData("groups")]
    [InlineData("credentials")]
    public async Task They_are_told_of_nobody_else_and_to_nobody_else(string what)
    {
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/people/nobody/{what}"), 404, "person_unknown");
        using HttpResponseMessage forbidden = await host.SendAsync(
            HttpMethod.Get, $"/people/nobody/{what}", token: host.TokenOf("grace", "people.manage"));
        forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_description_of_the_API_names_what_there_is()
    {
        JsonObject paths = (await host.GetAsync("/openapi/v1.json"))["paths"]!.AsObject();
        foreach (string path in new[] { "/people", "/people/{id}", "/people/{id}/groups", "/people/{id}/credentials" })
        {
            paths[path]?["get"].ShouldNotBeNull(path);
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
