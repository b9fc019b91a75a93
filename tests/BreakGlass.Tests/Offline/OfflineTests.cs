namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>For each test a hospital of its own, and an edge whose journal the test writes.</summary>
public abstract class OfflineTests : IAsyncLifetime
{
    private protected EdgeJournal Journal { get; } = new();

    private protected OfflineHospital Hospital { get; private set; } = null!;

    private protected BreakGlassHost Host => Hospital.Host;

    private protected DateTimeOffset Now => Host.Clock.GetUtcNow();

    public async Task InitializeAsync() => Hospital = await OfflineHospital.StartAsync();

    public async Task DisposeAsync() => await Hospital.DisposeAsync();
}
