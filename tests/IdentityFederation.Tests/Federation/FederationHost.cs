using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Sessions;
using AccessGov.IdentityFederation.Tests.SignIn;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>
/// The service with two identity providers: that of the hospital, whose people are provisioned, and that of readers from outside, which
/// introduces them.
/// </summary>
public sealed class FederationHost : IAsyncLifetime
{
    public const string Hospital = "hospital-login";
    public const string Readers = "readers-login";

    private IdentityFederationHost? host;

    public IdentityFederationHost Host => host!;

    internal MovedClock Clock { get; } = new();

    internal FakeProvider AtHospital { get; private set; } = null!;

    internal FakeProvider AtReaders { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        (AtHospital, AtReaders) = (await FakeProvider.StartAsync(Clock), await FakeProvider.StartAsync(Clock));
        var settings = new Dictionary<string, string?>(SignInBrowser.Settings, StringComparer.Ordinal);
        foreach ((string name, string? value) in AtHospital.Settings(
            Hospital, "hospital", ("ShowOnSignInPage", "true"), ("AllowLocalAccounts", "true"), ("Linking:ExternalIdClaim", "oid"),
            ("Groups:0:Claim", "roles"), ("Groups:0:Value", "Radiology.Read"), ("Groups:0:Group", "radiology"),
            ("Groups:1:Claim", "roles"), ("Groups:1:Value", "Research"), ("Groups:1:Group", "research"),
            ("Contexts:0:Value", "ngcmfa"), ("Contexts:0:Means", "MultiFactor"), ("Contexts:0:Ask", "true"),
            ("Contexts:1:Value", "fido"), ("Contexts:1:Means", "PhishingResistant"))
            .Concat(AtReaders.Settings(
                Readers, "readers", ("ShowOnSignInPage", "true"), ("Provisioning:Mode", "JustInTime"),
                ("Provisioning:AccountsLast", "90.00:00:00"),
                ("Provisioning:InactiveUnless:Claim", "contract"), ("Provisioning:InactiveUnless:Value", "night-reading"))))
        {
            settings[name] = value;
        }

        host = await IdentityFederationHost.StartAsync(settings: settings, clock: Clock);
        await OrganisationAsync("hospital", "hospital", "hospital.example");
        await OrganisationAsync("readers", "reading_group", "readers.example");
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await AtHospital.DisposeAsync();
        await AtReaders.DisposeAsync();
    }

    public async Task OrganisationAsync(string id, string kind, params string[] domains)
    {
        using HttpResponseMessage defined = await Host.PutAsync($"/organisations/{id}", new { name = id, kind, domains });
        defined.IsSuccessStatusCode.ShouldBeTrue(await defined.Content.ReadAsStringAsync());
    }

    /// <summary>A person of the hospital, as its provisioning system makes them; answers their id.</summary>
    public async Task<string> PersonAsync(string userName, string organisation = "hospital")
    {
        using HttpResponseMessage provisioned = await Host.PostAsync(
            "/people", new { organisation,
                profile = new { userName, externalId = $"oid-{userName}", emails = new[] { new { value = userName } } } });
        string text = await provisioned.Content.ReadAsStringAsync();
        provisioned.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    public async Task CommandAsync(string path, object body)
    {
        using HttpResponseMessage done = await Host.PostAsync(path, body);
        done.IsSuccessStatusCode.ShouldBeTrue(await done.Content.ReadAsStringAsync());
    }

    /// <summary>Somebody of the hospital who has signed in through its provider; answers their id.</summary>
    internal async Task<(string Person, SignInBrowser Browser)> SignedInAsync(string userName, string? session = null)
    {
        string person = await PersonAsync(userName);
        var browser = new SignInBrowser(Host);
        await browser.SignInAtAsync(AtHospital, Hospital, $"sub-{userName}", Claims(userName, session));
        await browser.AcknowledgeAsync();
        return (person, browser);
    }

    /// <summary>What the hospital's provider says of its people.</summary>
    internal static Action<Dictionary<string, object>> Claims(string userName, string? session = null, params string[] roles) => claims =>
    {
        (claims["oid"], claims["preferred_username"], claims["email"], claims["roles"]) = ($"oid-{userName}", userName, userName, roles);
        if (session is not null)
        {
            claims["sid"] = session;
        }
    };

    /// <summary>What the readers' provider says of its people.</summary>
    internal static Action<Dictionary<string, object>> Reader(string userName, string contract = "night-reading",
        string? department = null) => claims =>
    {
        (claims["preferred_username"], claims["name"], claims["email"], claims["contract"]) =
            (userName, $"Dr. {userName}", $"mail.{userName}", contract);
        if (department is not null)
        {
            claims["department"] = department;
        }
    };

    internal async Task<Person> StateAsync(string person) =>
        IdentityFederation.People.Person.Streams.Fold(
            await Host.Store.LoadAsync(IdentityFederation.People.Person.Streams.StreamId(person)));

    internal async Task<string?> FindAsync(string userName) =>
        (await Host.Services.GetRequiredService<PersonDirectory>().FindByUserNameAsync(userName, CancellationToken.None))?.Id;

    internal IReadOnlyList<OpenSession> SessionsOf(string person) => Host.Services.GetRequiredService<OpenSessions>().Of(person);
}
