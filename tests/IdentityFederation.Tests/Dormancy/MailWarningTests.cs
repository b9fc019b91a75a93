using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Dormancy;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

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
        (await DormancyLooks.HistoryAsync(host, away))
            .Count(name => name.StartsWith("person_warning_", StringComparison.Ordinal)).ShouldBe(1);
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

    [Theory]
    [InlineData("signs in")]
    [InlineData("signs in at this moment")]
    [InlineData("is suspended")]
    [InlineData("is suspended and comes back")]
    [InlineData("is deactivated")]
    [InlineData("is deprovisioned")]
    [InlineData("is locked")]
    public async Task Whoever_need_not_be_warned_any_more_when_the_server_is_back_is_not_written_to(string meanwhile)
    {
        await using IdentityFederationHost host = await HostAsync(mail.Settings);
        (string away, _) = await SignInBrowser.PersonAsync(host, "away");
        await host.PutAsync($"/people/{away}/profile", new
        {
            userName = "away", emails = new[] { new { value = "away@hospital.test", primary = true } },
        });
        await DormancyLooks.IsKnownAsync(host, away);
        string other = await PersonAsync(host, "other", "other@hospital.test");
        await WarnAsync(host, away, other);
        await IsFailingAsync(host);

        clock.Advance(TimeSpan.FromHours(3));
        await HappensMeanwhileAsync(host, away, meanwhile);
        await mail.StartAsync();
        clock.Advance(TimeSpan.FromHours(3));

        await DormancyLooks.HappensAsync(host, other, "person_warning_mailed");
        await Eventually.HoldsAsync(
            async () => await host.CountAsync("select count(*) from identity_federation.dormancy_warning") == 0,
            "nobody waits for a mail any more");
        (await mail.ReadAsync()).ShouldHaveSingleItem().ShouldContain("To: other@hospital.test");
        (await DormancyLooks.HistoryAsync(host, away)).ShouldNotContain("person_warning_mailed");
        (await DormancyLooks.HistoryAsync(host, away)).ShouldNotContain("person_warning_not_mailed");
    }

    [Fact]
    public async Task Nobody_is_told_of_a_day_that_is_over()
    {
        await using IdentityFederationHost host = await HostAsync(mail.Settings);
        string away = await PersonAsync(host, "away", "away@hospital.test");
        await WarnAsync(host, away);
        await IsFailingAsync(host);

        // Another replica is at it, and has not come to them yet.
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using var replica = new NpgsqlCommand(
            "select pg_advisory_lock(hashtextextended('accessgov dormant accounts', 0))", connection);
        await replica.ExecuteNonQueryAsync();
        await mail.StartAsync();
        clock.Advance(TimeSpan.FromDays(15));

        (await ReasonAsync(host, away)).ShouldBe("too_late");
        (await mail.ReadAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_somebody_else_vouches_for_gets_nothing()
    {
        await mail.StartAsync();
        string other = Directory.CreateTempSubdirectory("accessgov-authority-").FullName;
        TestAuthority.Write(other);
        await using (IdentityFederationHost host = await HostAsync(
            [.. mail.Settings, ("Mail:CaFile", Path.Combine(other, "ca.pem"))]))
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
        await Should.ThrowAsync<OptionsValidationException>(
            () => HostAsync([.. mail.Settings, ($"Mail:{name}", value)]));

    private async Task HappensMeanwhileAsync(IdentityFederationHost host, string person, string what)
    {
        switch (what)
        {
            case "signs in":
                var browser = new SignInBrowser(host);
                await browser.SignInAsync("away");
                await browser.AcknowledgeAsync();
                browser.Session.ShouldNotBeEmpty(browser.Text);
                break;
            case "signs in at this moment":
                await SignInUnheardAsync(host, person);
                break;
            case "is locked":
                await host.Services.GetRequiredService<PersonCommands>().RunAsync(
                    EventMetadata.None, person, _ => new PersonLocked(LockDormant.Dormant, clock.GetUtcNow()), CancellationToken.None);
                break;
            case "is suspended and comes back":
                await CommandAsync(host, $"/people/{person}/suspend");
                await CommandAsync(host, $"/people/{person}/reinstate");
                break;
            default:
                await CommandAsync(host, $"/people/{person}/{VerbOf(what)}");
                break;
        }
    }

    private static string VerbOf(string what) => what switch
    {
        "is suspended" => "suspend",
        "is deactivated" => "deactivate",
        "is deprovisioned" => "deprovision",
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "Nothing like this happens."),
    };

    private static async Task CommandAsync(IdentityFederationHost host, string path)
    {
        using HttpResponseMessage answer = await host.PostAsync(path, new { reason = "Away." });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>As a sign-in is written of which nobody has heard yet who follows the store.</summary>
    private async Task SignInUnheardAsync(IdentityFederationHost host, string person)
    {
        await using var connection = new NpgsqlConnection(host.Superuser);
        await connection.OpenAsync();
        await using NpgsqlTransaction signIn = await connection.BeginTransactionAsync();
        await new NpgsqlCommand("set local search_path = identity_federation", connection, signIn).ExecuteNonQueryAsync();
        await Activity.WriteAsync(person, clock.GetUtcNow(), signIn, CancellationToken.None);
        await signIn.CommitAsync();
    }

    private async Task<IdentityFederationHost> HostAsync(params (string Name, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>(SignInBrowser.Settings, StringComparer.Ordinal);
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
