using AccessGov.EventSourcing;
using AccessGov.ServiceDefaults;

namespace AccessGov.BreakGlass.Offline;

/// <summary>The wiring of what holds while AccessGov cannot be asked: promises ahead, and the journals of the edges afterwards.</summary>
internal static class OfflineModule
{
    public const string CreateTable = Capabilities.CreateTable + "\n" + EdgeJournals.CreateTable + "\n" + EdgeAlarmList.CreateTable + "\n"
        + EdgeRefusals.CreateTable + "\n" + EdgePresence.CreateTable + "\n";

    public static void AddOffline(this IServiceCollection services)
    {
        services.AddSettings<OfflineOptions>(OfflineOptions.Section);
        services.AddSingleton<CapabilityKeys>().AddSingleton<Capabilities>().AddSingleton<IssueCapability>()
            .AddSingleton<RevokeCapability>();
        services.AddSingleton<EdgeJournals>().AddSingleton<LookAgain>().AddSingleton<MergeLine>().AddSingleton<MergeRefusals>()
            .AddSingleton<MergeEdgeJournal>().AddSingleton<EdgeAlarms>();
        services.AddSingleton<EdgeAlarmList>().AddSubscription<EdgeAlarmList>();
        services.AddSingleton<EdgeRefusals>().AddSubscription<EdgeRefusals>();
        services.AddSingleton<EdgePresence>().AddHealthChecks().AddCheck<EdgePresence>("edges");
    }

    public static void MapOffline(this WebApplication app)
    {
        // A key that cannot be read ends the start.
        app.Services.GetRequiredService<CapabilityKeys>();
        CapabilityKeys.Map(app);
        IssueCapability.Map(app);
        RevokeCapability.Map(app);
        ShowCapabilities.Map(app);
        MergeEdgeJournal.Map(app);
        ReportBrokenJournal.Map(app);
        ShowEdges.Map(app);
        SettleEdgeAlarm.Map(app);
    }
}
