using AccessGov.EventSourcing;
using AccessGov.Mail;
using AccessGov.ServiceDefaults;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>The wiring of who is told.</summary>
internal static class AlertsModule
{
    public static void AddAlerts(this IServiceCollection services)
    {
        services.AddSettings<AlertsOptions>(AlertsOptions.Section);
        services.AddSettings<MailSettings>(MailSettings.Section).AddSingleton<Mailer>();
        services.AddSingleton(provider => new Webhook(
            new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) }),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SyslogAlert>().AddSingleton<AlertChannels>().AddSingleton<ChannelOutages>();
        services.AddSingleton<DueAlerts>().AddSubscription<DueAlerts>().AddHostedService<SendAlerts>();
        services.AddSingleton<ChannelStates>().AddHealthChecks().AddCheck<ChannelStates>("alert-channels");
    }

    public static void MapAlerts(this IEndpointRouteBuilder routes) => AlertDelivery.Map(routes);
}
