using System.Net;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.SignIn;
using AccessGov.Testing;
using static AccessGov.IdentityFederation.Tests.Federation.FederationHost;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>Who comes in through an identity provider, and as whom.</summary>
public sealed class FederatedSignInTests(FederationHost running) : IClassFixture<FederationHost>
{
    private readonly IdentityFederationHost host = running.Host;

    [Fact]
    public async Task Somebody_who_is_provisioned_is_recognised_by_their_external_id_and_from_then_on_by_issuer_and_subject()
    {
        string person = await running.PersonAsync("ada@hospital.example");
        var browser = new SignInBrowser(host);
        await browser.SignInAtAsync(
            running.AtHospital, Hospital, "sub-ada", Claims("ada@hospital.example", "provider-session-1"),
            path: "/sign-in?returnUrl=%2Faccount%2Fpassword");
        browser.Session.ShouldBeEmpty("nobody comes in before they know that all is logged");
        await browser.AcknowledgeAsync();

        browser.Location.ShouldBe("/account/password");
        running.SessionsOf(person).ShouldHaveSingleItem().State.Proof.ShouldBe(
            new Proof(["federated"], AuthenticationContexts.SingleFactor, running.AtHospital.Issuer, "provider-session-1"));

        // Who they are there is known: the claim is not needed any more, and another name there changes nothing here.
        var again = new SignInBrowser(host);
        await again.SignInAtAsync(running.AtHospital, Hospital, "sub-ada", claims =>
            claims["preferred_username"] = "married@hospital.example");
        again.Location.ShouldBe("/account");
        running.SessionsOf(person).Count.ShouldBe(2);
        (await running.StateAsync(person)).ShouldBeOfType<Person.Provisioned>().Profile.UserName.ShouldBe("ada@hospital.example");
    }

    [Fact]
    public async Task Nobody_is_recognised_by_an_address()
    {
        string person = await running.PersonAsync("eve@hospital.example");
        var browser = new SignInBrowser(host);

        await browser.SignInAtAsync(running.AtHospital, Hospital, "sub-eve", claims =>
        {
            (claims["preferred_username"], claims["email"], claims["email_verified"]) =
                ("eve@hospital.example", "eve@hospital.example", true);
        });

        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "person_not_provisioned");
        (await running.StateAsync(person)).ShouldBeOfType<Person.Provisioned>().Identities.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("deactivate")]
    [InlineData("suspend")]
    [InlineData("deprovision")]
    public async Task Whoever_is_kept_out_is_refused_at_the_callback_and_nothing_is_linked_or_made(string how)
    {
        string name = $"{how}@hospital.example";
        string person = await running.PersonAsync(name);
        await running.CommandAsync($"/people/{person}/{how}", new { reason = "Left." });
        long events = (await host.Store.LoadAsync(Person.Streams.StreamId(person))).Version;
        var browser = new SignInBrowser(host);

        await browser.SignInAtAsync(running.AtHospital, Hospital, $"sub-{how}", Claims(name));

        browser.ShouldBeRefused(HttpStatusCode.Forbidden, how == "deprovision" ? "person_not_provisioned" : "sign_in_refused");
        (await host.Store.LoadAsync(Person.Streams.StreamId(person))).Version.ShouldBe(events);
    }

    [Fact]
    public async Task Whoever_was_linked_and_is_kept_out_since_is_refused()
    {
        (string person, SignInBrowser known) = await running.SignedInAsync("was@hospital.example");
        await running.CommandAsync($"/people/{person}/deactivate", new { reason = "Left." });
        var browser = new SignInBrowser(host);
        await browser.SignInAtAsync(running.AtHospital, Hospital, "sub-was@hospital.example", Claims("was@hospital.example"));
        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "sign_in_refused");
        await known.GetAsync("/account");
        known.Location.ShouldStartWith("/sign-in");
    }

    [Fact]
    [Trait("Requirement", "S11")]
    public async Task A_provider_vouches_for_its_own_organisation_only()
    {
        string person = await running.PersonAsync("own@hospital.example");
        await running.CommandAsync($"/people/{person}/identities", new { issuer = running.AtReaders.Issuer, subject = "crossing" });
        var browser = new SignInBrowser(host);
        await browser.SignInAtAsync(running.AtReaders, FederationHost.Readers, "crossing", Reader("own@readers.example"));
        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "sign_in_refused");
    }

    [Fact]
    public async Task Groups_follow_the_claims_and_others_stay()
    {
        string person = await running.PersonAsync("grouped@hospital.example");
        foreach ((string group, string[] members) in new[] { ("radiology", Array.Empty<string>()), ("research", []),
            ("choir", new[] { person }) })
        {
            await GroupAsync(group, members);
        }

        var browser = new SignInBrowser(host);
        await browser.SignInAtAsync(running.AtHospital, Hospital, "sub-grouped",
            Claims("grouped@hospital.example", null, "Radiology.Read", "Unmapped"));
        (await GroupsOfAsync(person)).ShouldBe(["choir", "radiology"], ignoreOrder: true);

        await new SignInBrowser(host).SignInAtAsync(running.AtHospital, Hospital, "sub-grouped",
            Claims("grouped@hospital.example", null, "Research"));
        (await GroupsOfAsync(person)).ShouldBe(["choir", "research"], ignoreOrder: true);

        await new SignInBrowser(host).SignInAtAsync(running.AtHospital, Hospital, "sub-grouped", claims => claims.Remove("roles"));
        (await GroupsOfAsync(person)).ShouldBe(["choir"]);

        // A provider that says that the claim is to be had elsewhere has not said that there is none.
        var overflowing = new SignInBrowser(host);
        await overflowing.SignInAtAsync(running.AtHospital, Hospital, "sub-grouped", claims =>
            claims["_claim_names"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["roles"] = "src1" });
        overflowing.ShouldBeRefused(HttpStatusCode.Forbidden, "claims_incomplete");

        // Nor one that says it in a way that nobody can read.
        foreach (object names in new object[] { "no JSON {", "\"roles\"", 7, new[] { "roles" } })
        {
            var unreadable = new SignInBrowser(host);
            await unreadable.SignInAtAsync(running.AtHospital, Hospital, "sub-grouped", claims => claims["_claim_names"] = names);
            unreadable.ShouldBeRefused(HttpStatusCode.Forbidden, "claims_incomplete");
        }
    }

    [Fact]
    public async Task Two_first_sign_ins_at_once_are_one_person()
    {
        var browsers = new[] { new SignInBrowser(host), new SignInBrowser(host), new SignInBrowser(host), new SignInBrowser(host) };

        await Task.WhenAll(browsers
            .Select(browser => browser.SignInAtAsync(running.AtReaders, FederationHost.Readers, "twin", Reader("twin@readers.example"))));

        browsers.ShouldAllBe(browser => browser.Location == "/sign-in/acknowledgement");
        string person = (await running.FindAsync("twin@readers.example")).ShouldNotBeNull();
        (await running.StateAsync(person)).ShouldBeOfType<Person.Provisioned>().Identities
            .ShouldBe([new LinkedIdentity(running.AtReaders.Issuer, "twin")]);
        await using Npgsql.NpgsqlConnection connection = new(host.Superuser);
        await connection.OpenAsync();
        const string Made =
            "select count(*) from identity_federation.mt_events where type = 'person_provisioned' and data::text like '%twin@%'";
        await using var count = new Npgsql.NpgsqlCommand(Made, connection);
        (await count.ExecuteScalarAsync()).ShouldBe(1L);
    }

    [Theory]
    [InlineData("https://evil.test/")]
    [InlineData("//evil.test/")]
    [InlineData("/\\evil.test")]
    public async Task A_sign_in_leads_to_no_other_site(string evil)
    {
        string name = $"way{Math.Abs(evil.GetHashCode(StringComparison.Ordinal))}@hospital.example";
        await running.SignedInAsync(name);
        var browser = new SignInBrowser(host);
        await browser.SignInAtAsync(
            running.AtHospital, Hospital, $"sub-{name}", Claims(name), path: $"/sign-in?returnUrl={Uri.EscapeDataString(evil)}");
        browser.Location.ShouldBe("/account");
    }

    [Fact]
    public async Task When_the_provider_asked_somebody_last_is_when_they_showed_who_they_are()
    {
        (string person, _) = await running.SignedInAsync("early@hospital.example");
        DateTimeOffset hourAgo = running.Clock.GetUtcNow().AddHours(-1);
        var browser = new SignInBrowser(host);
        await browser.SignInAtAsync(running.AtHospital, Hospital, "sub-early@hospital.example", claims =>
        {
            Claims("early@hospital.example")(claims);
            claims["auth_time"] = hourAgo.ToUnixTimeSeconds();
        });
        OpenSession session = running.SessionsOf(person)[^1];
        session.State.AuthenticatedAt.ShouldBe(hourAgo, TimeSpan.FromSeconds(2));
        session.LastSeen.ShouldBeGreaterThan(hourAgo.AddMinutes(50), "it is not idle since then");
        await browser.GetAsync("/account/password");
        browser.Location.ShouldStartWith("/sign-in?returnUrl=", customMessage: "and changing what one signs in with asks for more");
    }

    private async Task GroupAsync(string id, string[] members)
    {
        var groups = (IdentityFederation.Groups.GroupCommands)host.Services.GetService(typeof(IdentityFederation.Groups.GroupCommands))!;
        (await groups.RunAsync(
            new EventSourcing.EventMetadata(), id,
            state => IdentityFederation.Groups.ProvisionGroup.Decide(state, new("hospital", id, null, members), "scim"),
            CancellationToken.None)).ShouldBeNull();
    }

    private async Task<string[]> GroupsOfAsync(string person)
    {
        var groups = (IdentityFederation.Groups.GroupDirectory)host.Services.GetService(typeof(IdentityFederation.Groups.GroupDirectory))!;
        return [.. (await groups.OfPeopleAsync([person], CancellationToken.None))[person].Select(membership => membership.Group)];
    }
}
