using System.Net;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.Testing;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.IdentityFederation.Tests.SignIn;

/// <summary>Signing in, over HTTP with forms, as a browser without scripts does.</summary>
public sealed class SignInTests(SignInHost running) : IClassFixture<SignInHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    [Trait("Requirement", "S4, S5, S120")]
    public async Task A_link_leads_to_a_password_and_the_password_to_a_session_that_begins_when_its_person_knows_that_all_is_logged()
    {
        (string person, _) = await SignInBrowser.PersonAsync(host, "mira");
        var browser = new SignInBrowser(host);

        await browser.SignInAsync("MIRA", path: "/sign-in?returnUrl=%2Faccount%3Fdone%3Dpassword");
        browser.Session.ShouldBeEmpty();
        await browser.AcknowledgeAsync();

        browser.Location.ShouldBe("/account?done=password");
        OpenSession session = Open(person).ShouldHaveSingleItem();
        session.State.Proof.ShouldBe(new Proof(["pwd"], AuthenticationContexts.SingleFactor));
        await browser.FollowAsync();
        browser.Text.ShouldContain("You are signed in as <strong>mira</strong>");
        browser.Text.ShouldContain("0 days ago");

        var again = new SignInBrowser(host);
        await again.SignInAsync("mira");
        again.Location.ShouldBe("/account", "it is acknowledged once");
    }

    [Fact]
    public async Task A_link_is_good_once()
    {
        string person = await host.PersonAsync("once");
        string link = await SignInBrowser.LinkAsync(host, person);
        var first = new SignInBrowser(host);
        var second = new SignInBrowser(host);
        await first.GetAsync(link);
        await second.GetAsync(link);
        await first.PostAsync("/enrol", ("token", first.FieldOf("token")));

        await second.PostAsync("/enrol", ("token", second.FieldOf("token")));

        first.Location.ShouldBe("/enrol");
        ShouldRefuse(second, HttpStatusCode.Forbidden, "enrolment_link_spent");
        second.Cookies.Keys.ShouldNotContain("__Host-accessgov-enrolment");
    }

    [Fact]
    public async Task Nobody_gives_themselves_a_link()
    {
        string person = await host.PersonAsync("selfish");
        using HttpResponseMessage refused = await host.SendAsync(
            HttpMethod.Post, $"/people/{person}/enrolment", "{}", host.TokenOf(person, "people.manage"));
        await Refusal.ShouldBeAsync(refused, 409, "self_enrolment");
        using HttpResponseMessage nobody = await host.PostAsync("/people/nobody/enrolment", new { });
        await Refusal.ShouldBeAsync(nobody, 404, "person_unknown");
    }

    [Fact]
    [Trait("Requirement", "S4")]
    public async Task Unknown_and_known_without_password_and_wrong_and_suspended_are_answered_alike_and_cost_one_hash_each()
    {
        (string suspended, _) = await SignInBrowser.PersonAsync(host, "kept.out");
        using HttpResponseMessage done = await host.PostAsync($"/people/{suspended}/suspend", new { reason = "Lost badge." });
        done.EnsureSuccessStatusCode();
        await host.PersonAsync("without.password");
        await SignInBrowser.PersonAsync(host, "with.password");
        var answers = new List<string>();
        foreach ((string name, string password) in new[]
        {
            ("nobody.at.all", "wrong password here"), ("without.password", "wrong password here"), ("with.password", "wrong password here"),
            ("kept.out", SignInBrowser.Password),
        })
        {
            var browser = new SignInBrowser(host, "10.9.9.9");
            await browser.GetAsync("/sign-in");
            int before = running.Hasher.Verified;
            await browser.PostAsync("/sign-in", ("UserName", name), ("Password", password));
            (running.Hasher.Verified - before).ShouldBe(1, name);
            ShouldRefuse(browser, HttpStatusCode.BadRequest, "sign_in_wrong");
            browser.Session.ShouldBeEmpty();
            answers.Add(System.Text.RegularExpressions.Regex.Replace(browser.Text.Replace(name, "NAME", StringComparison.Ordinal), "value=\"CfDJ[^\"]*\"", ""));
        }

        answers.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    [Trait("Requirement", "S2, S3")]
    public async Task From_outside_a_second_factor_is_asked_for_and_a_code_counts_once()
    {
        (string person, string secret) = await SignInBrowser.PersonAsync(host, "remote", app: true);
        string next = await SignInBrowser.CodeAsync(secret, TimeSpan.FromSeconds(30));
        var browser = new SignInBrowser(host, SignInBrowser.Outside);
        await browser.SignInAsync("remote");
        browser.Session.ShouldBeEmpty();
        await browser.TypeCodeAsync("000000");
        ShouldRefuse(browser, HttpStatusCode.BadRequest, "code_wrong");
        await browser.PostAsync("/sign-in/second-factor", ("Code", next));
        await browser.AcknowledgeAsync();
        Open(person).ShouldHaveSingleItem().State.Proof.ShouldBe(new Proof(["pwd", "otp", "mfa"], AuthenticationContexts.MultiFactor));

        await using IdentityFederationHost replica = await host.BesideAsync();
        var thief = new SignInBrowser(replica, SignInBrowser.Outside);
        await thief.SignInAsync("remote");
        await thief.TypeCodeAsync(next);

        ShouldRefuse(thief, HttpStatusCode.BadRequest, "code_wrong");
        thief.Session.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_opened_an_account_is_erased_with_its_person_and_was_never_in_an_event()
    {
        (string person, string secret) = await SignInBrowser.PersonAsync(host, "leaver", app: true);
        await using NpgsqlConnection connection = new(host.Superuser);
        await connection.OpenAsync();
        async Task<long> CountAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.AddWithValue("person", person);
            return (long)(await command.ExecuteScalarAsync())!;
        }

        const string Kept =
            """
            select (select count(*) from identity_federation.account_password where person = @person)
                + (select count(*) from identity_federation.account_authenticator_app where person = @person)
            """;
        (await CountAsync(Kept)).ShouldBe(2);

        // Encrypted: the bytes that the text stands for are not in the bytes that are kept.
        await using (var kept = new NpgsqlCommand(
            "select sealed from identity_federation.account_authenticator_app where person = @person", connection))
        {
            kept.Parameters.AddWithValue("person", person);
            string box = (string)(await kept.ExecuteScalarAsync())!;
            box.ShouldNotContain(secret);
            byte[] plain = FromBase32(secret);
            OneTimeCodes.Base32(plain).ShouldBe(secret);
            byte[] bytes = System.Buffers.Text.Base64Url.IsValid(box) ? System.Buffers.Text.Base64Url.DecodeFromChars(box)
                : Convert.FromBase64String(box);
            bytes.AsSpan().IndexOf(plain.AsSpan(0, 8)).ShouldBe(-1);
            host.Services.GetRequiredService<IdentityFederation.Tokens.KeyVault>().Unseal($"authenticator app of {person}", box)
                .ShouldBe(plain);
        }

        EventSourcing.EventStream stream = await host.Store.LoadAsync(Account.Streams.StreamId(person), CancellationToken.None);
        string events = string.Join('\n', stream.Events.Select(stored => System.Text.Json.JsonSerializer.Serialize(stored.Data, stored.Data.GetType())));
        events.ShouldNotContain(secret);
        events.ShouldNotContain("AQAAAA", customMessage: "the beginning of the framework's hashes");

        using HttpResponseMessage gone = await host.PostAsync($"/people/{person}/deprovision", new { reason = "Left." });
        gone.IsSuccessStatusCode.ShouldBeTrue(await gone.Content.ReadAsStringAsync());

        (await CountAsync(Kept)).ShouldBe(0);
    }

    [Fact]
    public async Task A_recovery_code_stands_in_once()
    {
        string person = await host.PersonAsync("forgetful");
        var browser = new SignInBrowser(host);
        await browser.EnrolAsync(person);
        await browser.SetPasswordAsync();
        await browser.SetAppAsync();
        await browser.GetAsync("/account/recovery-codes");
        await browser.PostAsync("/account/recovery-codes");
        string[] codes = [.. System.Text.RegularExpressions.Regex.Matches(browser.Text, "<code>([A-Z2-7-]{19})</code>").Select(code => code.Groups[1].Value)];
        codes.Distinct().Count().ShouldBe(RecoveryCodes.Count);
        await browser.FinishAsync();

        async Task<SignInBrowser> UseAsync()
        {
            var outside = new SignInBrowser(host, SignInBrowser.Outside);
            await outside.SignInAsync("forgetful");
            await outside.FollowAsync();
            await outside.PostAsync("/sign-in/second-factor?handler=RecoveryCode", ("Code", codes[3].ToLowerInvariant().Replace('-', ' ')));
            return outside;
        }

        (await UseAsync()).Location.ShouldBe("/sign-in/acknowledgement");
        ShouldRefuse(await UseAsync(), HttpStatusCode.BadRequest, "code_wrong");
    }

    [Theory]
    [InlineData("https://evil.test/")]
    [InlineData("//evil.test/")]
    [InlineData("/\\evil.test")]
    [InlineData("javascript:alert(1)")]
    public async Task A_sign_in_leads_to_no_other_site(string evil)
    {
        await ReadyAsync("cautious");
        var browser = new SignInBrowser(host);
        await browser.SignInAsync("cautious", path: $"/sign-in?returnUrl={Uri.EscapeDataString(evil)}");
        browser.Location.ShouldBe("/account");
        await browser.GetAsync($"/sign-in?returnUrl={Uri.EscapeDataString(evil)}");
        browser.Location.ShouldBe("/account", "nor does it when somebody is signed in");
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/sign-in?handler=PasskeyOptions")]
    [InlineData("/sign-in/second-factor")]
    [InlineData("/sign-in/acknowledgement")]
    [InlineData("/enrol")]
    [InlineData("/account/password")]
    [InlineData("/account?handler=SignOut")]
    public async Task A_form_without_its_token_is_refused(string path)
    {
        var browser = new SignInBrowser(host);
        await browser.GetAsync("/sign-in");
        await browser.PostWithoutTokenAsync(path, ("UserName", "x"), ("Password", "y"));
        browser.Status.ShouldBe(HttpStatusCode.BadRequest);
        browser.Text.ShouldContain("status_400", customMessage: "no page has looked at it");
    }

    [Fact]
    public async Task Pages_forbid_foreign_scripts_frames_and_caches()
    {
        var browser = new SignInBrowser(host);
        await browser.GetAsync("/sign-in");
        string Header(string name) => string.Join(',', browser.Answer.Headers.GetValues(name));
        Header("Content-Security-Policy").ShouldContain("script-src 'self'");
        Header("Content-Security-Policy").ShouldContain("frame-ancestors 'none'");
        Header("Referrer-Policy").ShouldBe("no-referrer");
        Header("X-Content-Type-Options").ShouldBe("nosniff");
        Header("Cache-Control").ShouldContain("no-store");
        browser.Text.ShouldNotContain("<script>");
        await browser.GetAsync("/sign-in.js");
        browser.Status.ShouldBe(HttpStatusCode.OK);
    }

    private static byte[] FromBase32(string text)
    {
        string bits = string.Concat(text.Select(
            sign => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(sign), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(place => Convert.ToByte(bits.Substring(place * 8, 8), 2))];
    }

    private IReadOnlyList<OpenSession> Open(string person) => host.Services.GetRequiredService<OpenSessions>().Of(person);

    private async Task ReadyAsync(string userName)
    {
        if (await host.Services.GetRequiredService<IdentityFederation.People.PersonDirectory>().FindByUserNameAsync(userName, CancellationToken.None) is null)
        {
            await SignInBrowser.PersonAsync(host, userName);
            var browser = new SignInBrowser(host);
            await browser.SignInAsync(userName);
            await browser.AcknowledgeAsync();
        }
    }

    private static void ShouldRefuse(SignInBrowser browser, HttpStatusCode status, string code)
    {
        browser.Status.ShouldBe(status, browser.Text);
        browser.Text.ShouldContain($"<code>{code}</code>");
    }
}
