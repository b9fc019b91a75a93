using AccessGov.Testing;

namespace AccessGov.Console.Tests;

/// <summary>An edge with a station at which a browser of this machine stands.</summary>
internal sealed class StationEdge : IAsyncDisposable
{
    public const string Edge = "ward";
    public const string Station = "shock-room";
    private readonly EdgeProcess process = new(Edge);

    /// <summary>Where its page is.</summary>
    public Uri Page => new(process.Address, "emergency-access");

    public async Task StartAsync(AccessGovProcesses services, BreakGlassProcess breakGlass)
    {
        await process.StartAsync(services, breakGlass, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Edge__Station__Name"] = Station, ["Edge__Station__Networks__0"] = "127.0.0.0/8", ["Edge__Station__Networks__1"] = "::1/128",
        });
        await Eventually.HoldsAsync(() => process.Keeps("station.json"), "the station holds a capability", 2 * Eventually.Bound);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
