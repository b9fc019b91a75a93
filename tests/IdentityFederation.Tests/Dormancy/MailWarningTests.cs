using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Tests.Directories;
using AccessGov.Testing;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Tests.Dormancy;

/// <summary>Whoever will be locked is written to, by a mail server that others wrote.</summary>
public sealed class MailWarningTests : IAsyncLifetime
{
    private readonly MovedClock clock = new();
    private readonly MailServer mail = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await mail.DisposeAsync();

    [Fact]
    [Trait("Requirement", "S10")]
    public async Task Whoever_will_be_locked_is_written_to_once_with_the_day_and_the_way_back()
    {
        await mail.StartAsync();
        await using IdentityFederationHost host = await HostAsync(mail.Settings);
        await using IdentityFederationHost replica = await host.BesideAsync(mail.Settings);
        string away = await PersonAsync(host, "away", "away@hospital.test");

        await WarnAsync(host, away);

        await DormancyLooks.HappensAsync(host, away, "person_warning_mailed");
        string text = (await mail.ReadAsync()).ShouldHaveSingleItem();
        text.ShouldContain("To: away@hospital.test");
        text.ShouldContain("From: AccessGov <accessgov@hospital.test>");
        text.ShouldContain("Auto-Submitted: auto-generated");
        text.ShouldContain("(UTC)");
        text.ShouldContain("https://identity.test/sign-in");
        text.ShouldContain("Ask extension 4711.");
        (await DormancyLooks.HistoryAsync(host, away)).Count(name => name.StartsWith("person_warning_", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_cannot_be_written_to_is_shown_with_the_reason()
    {
        await mail.StartAsync();
        await using IdentityFederationHost host = await HostAsync(mail.Settings);
        string nowhere = await PersonAsync(host, "nowhere", null);
        string gone = await PersonAsync(host, "gone", "gone@hospital.test");

        await WarnAsync(host, nowhere, gone);

        (await ReasonAsync(host, nowhere)).ShouldBe("no_address");
        (await ReasonAsync(host, gone)).ShouldBe("address_refused");
        (await mail.ReadAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_mail_server_somebody_else_has_to_tell_them()
    {
        await using IdentityFederationHost host = await HostAsync();
        string away = await PersonAsync(host, "away", "away@hospital.test");
        await WarnAsync(host, away);
        (await ReasonAsync(host, away)).ShouldBe("no_mail_server");
    }

    [Fact]
    public async Task A_server_that_is_away_is_tried_again_and_health_says_so_meanwhile()
    {
        await using IdentityFederationHost host = await HostAsync(mail.Settings);
        string away = await PersonAsync(host, "away", "away@hospital.test");
        await WarnAsync(host, away);
        await IsFailingAsync(host);

        await mail.StartAsync();
        clock.Advance(TimeSpan.FromMinutes(5));

        await DormancyLooks.HappensAsync(host, away, "person_warning_mailed");
        (await mail.ReadAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_server_that_somebody_else_vouches_for_gets_nothing()
    {
        await mail.StartAsync();
        string other = Directory.CreateTempSubdirectory("accessgov-authority-").FullName;
        TestAuthority.Write(other);
        await using (IdentityFederationHost host = await HostAsync(
            [.. mail.Settings, ("IdentityFederation:Mail:CaFile", Path.Combine(other, "ca.pem"))]))
        {
            string away = await PersonAsync(host, "away", "away@hospital.test");
            await WarnAsync(host, away);
            await IsFailingAsync(host);
            (await DormancyLooks.HistoryAsync(host, away)).ShouldNotContain("person_warning_mailed");
        }

        (await mail.ReadAsync()).ShouldBeEmpty();
        Directory.Delete(other, recursive: true);
    }

    [Theory]
    [InlineData("From", "nobody")]
    [InlineData("UserName", "accessgov")]
    [InlineData("CaFile", "/nowhere/ca.pem")]
    public async Task Settings_that_cannot_work_end_the_start(string name, string value) =>
        await Should.ThrowAsync<OptionsValidationException>(() => HostAsync([.. mail.Settings, ($"IdentityFederation:Mail:{name}", value)]));

    private async Task<IdentityFederationHost> HostAsync(params (string Name, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>(StringComparer.Ordinal);
        Array.ForEach(settings, setting => all[setting.Name] = setting.Value);
        return await IdentityFederationHost.StartAsync(settings: all, clock: clock);
    }

    private static async Task<string> PersonAsync(IdentityFederationHost host, string userName, string? address)
    {
        await host.OrganisationAsync("hospital");
        using HttpResponseMessage provisioned = await host.PostAsync("/people", new
        {
            organisation = "hospital",
            profile = new { userName, emails = address is null ? [] : new[] { new { value = address, primary = true } } },
        });
        string text = await provisioned.Content.ReadAsStringAsync();
        provisioned.IsSuccessStatusCode.ShouldBeTrue(text);
        string person = JsonNode.Parse(text)!["id"]!.GetValue<string>();
        await DormancyLooks.IsKnownAsync(host, person);
        return person;
    }

    private async Task WarnAsync(IdentityFederationHost host, params string[] people)
    {
        clock.Advance(TimeSpan.FromDays(77));
        await DormancyLooks.LookAsync(host);
        foreach (string person in people)
        {
            (await DormancyLooks.HistoryAsync(host, person)).ShouldContain("person_warned_of_lock");
        }
    }

    private static async Task<string> ReasonAsync(IdentityFederationHost host, string person) =>
        (await DormancyLooks.HappensAsync(host, person, "person_warning_not_mailed"))["reason"]!.GetValue<string>();

    private static Task IsFailingAsync(IdentityFederationHost host) => Eventually.HoldsAsync(
        async () =>
        {
            using HttpResponseMessage answer = await host.Client.GetAsync("/health/ready");
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["workers"]!["data"]?["warning-mails"] is not null;
        },
        "health says that nobody can be written to");
}
