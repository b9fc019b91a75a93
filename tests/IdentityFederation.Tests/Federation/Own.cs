using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Tests.SignIn;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>A service of a test's own, whose clock it moves, with the readers' provider.</summary>
internal sealed class Own : IAsyncDisposable
{
    private IdentityFederationHost? host;
    private FakeProvider? provider;

    public MovedClock Clock { get; } = new();

    public IdentityFederationHost Host => host!;

    public FakeProvider Provider => provider!;

    public async Task StartAsync(params (string Name, string? Value)[] more)
    {
        provider = await FakeProvider.StartAsync(Clock);
        var settings = new Dictionary<string, string?>(SignInBrowser.Settings, StringComparer.Ordinal);
        foreach ((string name, string? value) in provider.Settings(
            FederationHost.Readers, "readers",
            [("ShowOnSignInPage", "true"), ("Provisioning:Mode", "JustInTime"), ("Provisioning:AccountsLast", "90.00:00:00"), .. more]))
        {
            settings[name] = value;
        }

        host = await IdentityFederationHost.StartAsync(settings: settings, clock: Clock);
        using HttpResponseMessage defined = await host.PutAsync(
            "/organisations/readers", new { name = "readers", kind = "reading_group", domains = new[] { "readers.example" } });
        defined.IsSuccessStatusCode.ShouldBeTrue(await defined.Content.ReadAsStringAsync());
    }

    public async Task<SignInBrowser> InAsync(string userName, bool acknowledges = true)
    {
        var browser = new SignInBrowser(Host);
        await browser.SignInAtAsync(Provider, FederationHost.Readers, $"sub-{userName}", FederationHost.Reader(userName));
        if (acknowledges)
        {
            await browser.AcknowledgeAsync();
        }

        return browser;
    }

    public async Task<string?> FindAsync(string userName) =>
        (await Host.Services.GetRequiredService<PersonDirectory>().FindByUserNameAsync(userName, CancellationToken.None))?.Id;

    public async Task<Person> StateAsync(string person) => Person.Streams.Fold(await Host.Store.LoadAsync(Person.Streams.StreamId(person)));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Provider.DisposeAsync();
    }
}
