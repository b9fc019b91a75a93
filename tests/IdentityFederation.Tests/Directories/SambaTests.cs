using System.DirectoryServices.Protocols;
using System.Text.Json.Nodes;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.IdentityFederation.Directories;
using AccessGov.IdentityFederation.Groups;
using AccessGov.IdentityFederation.People;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.Directories;

/// <summary>People and groups of a real domain controller. One test after the other changes the domain; each has a service of its own.</summary>
public sealed class SambaTests(SambaDomain domain) : IClassFixture<SambaDomain>
{
    private const int Many = 1_600;

    [SambaFact]
    [Trait("Requirement", "S6, S7")]
    public async Task People_their_managers_and_groups_come_and_what_changes_follows()
    {
        domain.Do(
            SambaDomain.User("grace", ("givenName", "Grace"), ("sn", "Hopper"), ("displayName", "Grace Höpper")),
            new AddRequest(
                $"CN=Lovelace\\, Ada,{SambaDomain.Staff}", new DirectoryAttribute("objectClass", "user"), new("sAMAccountName", "ada"), new("userAccountControl", "544"),
                new("mail", "ada@hospital.test"), new("department", "Radiology"), new("employeeID", "4711"), new("telephoneNumber", "+43 1 1"), new("manager", SambaDomain.Dn("grace"))),
            SambaDomain.User("bob", ("manager", $"CN=Lovelace\\, Ada,{SambaDomain.Staff}")),
            SambaDomain.User("carl", ("accountExpires", $"{DateTimeOffset.UtcNow.AddDays(-1).ToFileTime()}")),
            new AddRequest(
                SambaDomain.Dn("readers"), new DirectoryAttribute("objectClass", "group"), new("sAMAccountName", "readers"),
                new("member", $"CN=Lovelace\\, Ada,{SambaDomain.Staff}", SambaDomain.Dn("bob"))));
        await using IdentityFederationHost host = await DirectoryHost.StartAsync(domain.Settings());
        await DirectoryHost.ListenAsync(host);
        await DirectoryHost.RunAsync(host);

        PersonDirectory.Entry grace = await PersonAsync(host, "grace"), ada = await PersonAsync(host, "ada"), bob = await PersonAsync(host, "bob");
        (grace.Profile.DisplayName, grace.Profile.Name).ShouldBe(("Grace Höpper", new PersonName(FamilyName: "Hopper", GivenName: "Grace")));
        ada.Profile.Employment.ShouldBe(new Employment("4711", Department: "Radiology", Manager: grace.Id));
        bob.Profile.Employment!.Manager.ShouldBe(ada.Id);
        Guid.TryParseExact(ada.Profile.ExternalId, "D", out _).ShouldBeTrue();
        ada.Profile.Emails.ShouldBe([new ContactPoint("ada@hospital.test", "work", Primary: true)]);
        (await PersonAsync(host, "carl")).Active.ShouldBeFalse();
        (await MembersAsync(host, "readers")).ShouldBe([ada.Id, bob.Id], ignoreOrder: true);
        (await DirectoryHost.StatusAsync(host))["lastRun"]!["created"]!.GetValue<int>().ShouldBe(4);

        domain.Do(SambaDomain.Set("bob", "userAccountControl", "546"), new ModifyDNRequest(SambaDomain.Dn("grace"), SambaDomain.Staff, "CN=grace h"),
            SambaDomain.Set("readers", "member", SambaDomain.Dn("bob")));
        domain.Do(SambaDomain.Set("grace h", "sAMAccountName", "ghopper"));
        await DirectoryHost.RunAsync(host);

        (await PersonAsync(host, "bob")).Active.ShouldBeFalse();
        (await PersonAsync(host, "ghopper")).Id.ShouldBe(grace.Id);
        (await PersonAsync(host, "ada")).Profile.Employment!.Manager.ShouldBe(grace.Id);
        (await MembersAsync(host, "readers")).ShouldBe([bob.Id]);
        JsonNode run = (await DirectoryHost.StatusAsync(host))["lastRun"]!;
        (run["full"]!.GetValue<bool>(), run["deactivated"]!.GetValue<int>()).ShouldBe((false, 1));
        await Eventually.HoldsAsync(async () => (await DirectoryHost.HeardAsync(host, bob.Id)).Contains(UserDeprovisioned.MessageName), "others hear that bob is gone");

        domain.Do(SambaDomain.Set("bob", "userAccountControl", "544"), new DeleteRequest($"CN=Lovelace\\, Ada,{SambaDomain.Staff}"));
        await DirectoryHost.RunAsync(host);
        (await PersonAsync(host, "bob")).Active.ShouldBeTrue();
        (await PersonAsync(host, "ada")).Active.ShouldBeTrue("an incremental run does not see who vanished");
        await DirectoryHost.RunAsync(host, full: true);
        (await PersonAsync(host, "ada")).Active.ShouldBeFalse();
        (await PersonAsync(host, "bob")).Profile.Employment.ShouldBeNull("his manager is gone from the directory");
    }

    [SambaFact]
    public async Task More_people_and_members_than_the_server_gives_at_once_come()
    {
        domain.Do(new AddRequest("OU=Many,DC=hospital,DC=test", "organizationalUnit"));
        domain.Do([.. Enumerable.Range(0, Many).Select(number => new AddRequest(
            $"CN=many{number},OU=Many,DC=hospital,DC=test", new DirectoryAttribute("objectClass", "user"), new("sAMAccountName", $"many{number}"), new("userAccountControl", "544")))]);
        domain.Do(new AddRequest(
            "CN=everybody,OU=Many,DC=hospital,DC=test", new DirectoryAttribute("objectClass", "group"), new("sAMAccountName", "everybody"),
            new("member", [.. Enumerable.Range(0, Many).Select(number => $"CN=many{number},OU=Many,DC=hospital,DC=test")])));
        await using IdentityFederationHost host = await DirectoryHost.StartAsync(domain.Settings(("BaseDns:0", "OU=Many,DC=hospital,DC=test")));

        await DirectoryHost.RunAsync(host);

        (await DirectoryHost.StatusAsync(host))["lastRun"]!["created"]!.GetValue<int>().ShouldBe(Many);
        (await MembersAsync(host, "everybody")).Count.ShouldBe(Many);
    }

    [SambaFact]
    public async Task A_server_is_read_over_StartTLS_too()
    {
        await using IdentityFederationHost host = await DirectoryHost.StartAsync(domain.Settings(("Security", "StartTls")));

        await DirectoryHost.RunAsync(host);

        (await DirectoryHost.StatusAsync(host))["health"]!.GetValue<string>().ShouldBe("healthy");
    }

    [SambaFact]
    public async Task A_server_with_a_certificate_of_another_authority_or_for_another_name_gets_no_password()
    {
        string other = Directory.CreateTempSubdirectory().FullName;
        TestAuthority.Write(other);
        await HealthBecomesAsync("directory_connection_failed", ("CaFile", Path.Combine(other, "ca.pem")));
        await HealthBecomesAsync("directory_connection_failed", ("CaFile", Path.Combine(other, "ca.pem")), ("Security", "StartTls"));

        // The certificate names addresses, and not this name.
        int port = FreePort.Next();
        using var relay = new TcpRelay(port, domain.Address, 636);
        await HealthBecomesAsync("directory_connection_failed", ("Host", "localhost"), ("Port", $"{port}"));
        relay.Connections.ShouldBeGreaterThan(0);
        Directory.Delete(other, recursive: true);
    }

    [SambaFact]
    public async Task A_wrong_password_and_a_server_that_is_not_there_are_reported()
    {
        await HealthBecomesAsync("directory_unreachable", ("Port", $"{FreePort.Next()}"));
        string wrong = Path.GetTempFileName();
        await File.WriteAllTextAsync(wrong, "Wrong-12345!");
        await HealthBecomesAsync("directory_password_refused", ("PasswordFile", wrong));
        File.Delete(wrong);
    }

    [SambaFact]
    public async Task Nobody_is_deactivated_while_the_server_is_away_and_everything_goes_on_when_it_is_back()
    {
        domain.Do(new AddRequest("OU=Away,DC=hospital,DC=test", "organizationalUnit"));
        domain.Do([.. Enumerable.Range(0, 50).Select(number => new AddRequest(
            $"CN=away{number},OU=Away,DC=hospital,DC=test", new DirectoryAttribute("objectClass", "user"), new("sAMAccountName", $"away{number}"), new("userAccountControl", "544")))]);
        int port = FreePort.Next();
        using var relay = new TcpRelay(port, domain.Address, 636);
        await using IdentityFederationHost host = await DirectoryHost.StartAsync(
            domain.Settings(("BaseDns:0", "OU=Away,DC=hospital,DC=test"), ("PageSize", "5"), ("Host", "127.0.0.1"), ("Port", $"{port}")));
        await DirectoryHost.RunAsync(host);
        (await ActiveAsync(host)).ShouldBe(50);

        // The first pages of five come, the others do not.
        relay.AnswerBytesMax = 8_000;
        await DirectoryHost.RunAsync(host, full: true);
        relay.Cuts.ShouldBeGreaterThan(0);
        (await DirectoryHost.StatusAsync(host))["health"]!.GetValue<string>().ShouldBe("directory_connection_failed");
        (await ActiveAsync(host)).ShouldBe(50);
        (await host.Client.GetStringAsync("/health/ready")).ShouldContain("\"directories\":{\"status\":\"degraded\"");

        relay.AnswerBytesMax = long.MaxValue;
        domain.Kill();
        await DirectoryHost.RunAsync(host, full: true);
        (await ActiveAsync(host)).ShouldBe(50);

        await domain.StartAsync();
        domain.Do(new DeleteRequest("CN=away7,OU=Away,DC=hospital,DC=test"));
        await DirectoryHost.RunAsync(host, full: true);
        (await DirectoryHost.StatusAsync(host))["health"]!.GetValue<string>().ShouldBe("healthy");
        (await ActiveAsync(host)).ShouldBe(49);
    }

    private async Task HealthBecomesAsync(string code, params (string Name, string? Value)[] settings)
    {
        await using IdentityFederationHost host = await DirectoryHost.StartAsync(domain.Settings(settings));
        await DirectoryHost.RunAsync(host);
        (await DirectoryHost.StatusAsync(host))["health"]!.GetValue<string>().ShouldBe(code);
        (await ActiveAsync(host)).ShouldBe(0);
    }

    private static async Task<PersonDirectory.Entry> PersonAsync(IdentityFederationHost host, string userName) =>
        (await host.Services.GetRequiredService<PersonDirectory>().FindByUserNameAsync(userName, default)).ShouldNotBeNull(userName);

    private static async Task<int> ActiveAsync(IdentityFederationHost host)
    {
        await using NpgsqlCommand command = host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select count(*)::int from person_directory where active");
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<IReadOnlyList<string>> MembersAsync(IdentityFederationHost host, string group)
    {
        await using NpgsqlCommand command = host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select id from group_directory where display_name = $1");
        command.Parameters.Add(new() { Value = group });
        string id = (string)(await command.ExecuteScalarAsync()).ShouldNotBeNull();
        return [.. (await host.Services.GetRequiredService<GroupDirectory>().OfGroupsAsync([id], default))[id].Select(member => member.Person)];
    }
}
