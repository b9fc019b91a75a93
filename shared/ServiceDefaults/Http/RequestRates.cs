using System.ComponentModel.DataAnnotations;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccessGov.ServiceDefaults;

/// <summary>How often one caller may ask; endpoints that say <c>DisableRateLimiting</c> do not count.</summary>
public sealed class RequestRatesSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "RequestRates";

    /// <summary>Requests per second of one caller: one subject of one client, or one address where no valid token came along. Twice as many may come at once.</summary>
    [Range(1, 1_000_000)]
    public int PerCallerPerSecond { get; set; } = 1_000;
}

/// <summary>Refuses callers who ask too often with 429 (RFC 6585, section 4) and <c>Retry-After</c>, before anything is done for them.</summary>
internal static class RequestRates
{
    private const string RetryAfterSeconds = "1";

    public static void AddRequestRates(this IServiceCollection services)
    {
        services.AddSettings<RequestRatesSettings>(RequestRatesSettings.Section);
        services.AddRateLimiter(limits => limits.OnRejected = static (rejected, _) => RefuseAsync(rejected.HttpContext));
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RequestRatesSettings>>(static (limits, settings) =>
        {
            int perSecond = settings.Value.PerCallerPerSecond;
            limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => RateLimitPartition.GetTokenBucketLimiter(CallerOf(http), _ => Bucket(perSecond)));
        });
    }

    private static TokenBucketRateLimiterOptions Bucket(int perSecond) => new()
    {
        TokenLimit = perSecond * 2,
        TokensPerPeriod = perSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
        AutoReplenishment = true,
    };

    private static string CallerOf(HttpContext http) => CallerIdentity.Of(http) is { } caller
        ? $"{caller.ClientId}\n{caller.Subject}"
        : http.Connection.RemoteIpAddress?.ToString() ?? "";

    private static async ValueTask RefuseAsync(HttpContext http)
    {
        http.Response.Headers.RetryAfter = RetryAfterSeconds;
        await Problems.WriteAsync(http, StatusCodes.Status429TooManyRequests, "too_many_requests", $"You ask more often than one caller may: wait {RetryAfterSeconds} second, then ask again.");
    }
}
