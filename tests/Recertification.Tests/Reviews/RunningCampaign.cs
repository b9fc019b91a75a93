using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.Recertification.Tests.Reviews;

/// <summary>A campaign that runs: three people of radiology whose manager is asked about what each has.</summary>
public abstract class RunningCampaign : IAsyncLifetime
{
    private protected RecertificationHost host = null!;
    private protected string campaign = "";

    public async Task InitializeAsync()
    {
        host = await RecertificationHost.StartAsync();
        foreach (string person in (string[])["boss", "sven"])
        {
            host.House.Add(person);
        }

        foreach (string person in (string[])["ada", "bob", "eva"])
        {
            host.House.Add(person, "radiology", "boss");
        }

        host.House.Give("g1", "ada", "radiologist", "study.view");
        host.House.Give("g2", "bob", "radiologist", "study.view");
        host.House.Give("g3", "eva", "administrator", "user.manage");
        campaign = (await host.TakenAsync("/campaigns", "sven", new
        {
            name = "Now", kind = "ad_hoc", zone = "UTC", starts = host.Clock.GetUtcNow(), deadline = host.Clock.GetUtcNow().AddDays(7),
        }))!["id"]!.GetValue<string>();
        await host.TakenAsync($"/campaigns/{campaign}/launch", "sven");
        await Eventually.HoldsAsync(async () => (await MineAsync("boss")).Length == 3, "the items are there");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private protected async Task<string[]> MineAsync(string person) =>
        [.. (await host.GetAsync("/reviews", person))["items"]!.AsArray().Select(item => item!["about"]!["grant"]!.GetValue<string>())];

    private protected Task<JsonNode> ShownAsync(string grant) => host.GetAsync($"/reviews/{campaign}.{grant}", "boss");

    private protected Task StateAsync(string grant, string state) => Eventually.HoldsAsync(
        async () => (await ShownAsync(grant))["state"]!.GetValue<string>() == state, $"{grant} is {state}");
}
