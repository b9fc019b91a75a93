namespace AccessGov.BreakGlass.Drills;

/// <summary>The wiring of the reminder of drills.</summary>
internal static class DrillsModule
{
    public static void AddDrills(this IServiceCollection services)
    {
        services.AddSingleton<DrillReminder>().AddSingleton<DrillState>().AddHostedService<RemindOfDrill>();
        services.AddHealthChecks().AddCheck<DrillState>("drills");
    }
}
