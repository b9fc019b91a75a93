using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Accounts;
using AccessGov.IdentityFederation.Dormancy;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Reports;

/// <summary>What whoever reviews accounts asks for: who left, and how long it took; who does not sign in any more.</summary>
internal static class AccountReports
{
    private const int RowsMax = 5_000;
    private static readonly TimeSpan PeriodMax = TimeSpan.FromDays(366);

    private static readonly Refusal BadPeriod = new(
        "period_malformed", "Name from and until as times (ISO 8601), from before until, and at most 366 days between them.");

    public static void AddReports(this IServiceCollection services) => services.AddSubscription<Departures>();

    public static void MapReports(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/reports/deprovisioning", DeprovisioningAsync).RequireAuthorization("people.read");
        routes.MapGet("/reports/dormant-accounts", DormantAsync).RequireAuthorization("people.read");
    }

    private static async Task<IResult> DeprovisioningAsync(
        DateTimeOffset? from, DateTimeOffset? until, Departures departures, HttpContext http)
    {
        if (from is not { } begin || until is not { } end || begin >= end || end - begin > PeriodMax)
        {
            return Refusals.Answer(BadPeriod);
        }

        IReadOnlyList<Departures.Entry> rows = await departures.ReadAsync(
            begin.ToUniversalTime(), end.ToUniversalTime(), RowsMax + 1, http.RequestAborted);
        return Results.Ok(new { from = begin, until = end, departures = rows.Take(RowsMax), more = rows.Count > RowsMax });
    }

    private static async Task<IResult> DormantAsync(
        Activity activity, IOptions<AccountSettings> settings, TimeProvider clock, HttpContext http)
    {
        DateTimeOffset since = clock.GetUtcNow() - settings.Value.DormantWarningAfter;
        IReadOnlyList<Activity.Entry> rows = await activity.InactiveSinceAsync(since, RowsMax + 1, http.RequestAborted);
        return Results.Ok(new
        {
            inactiveSince = since,
            accounts = rows.Take(RowsMax).Select(one => new
            {
                one.Person, one.ActiveAt, one.SignedInAt, one.Locked, lockedFrom = one.ActiveAt + settings.Value.DormantAfter,
            }),
            more = rows.Count > RowsMax,
        });
    }
}
