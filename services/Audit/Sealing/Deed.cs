using System.Text.Json;
using AccessGov.Audit.Ingest;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// What somebody did with sealed fields, their keys or their retention, as it stands in the trail: who and what in clear, why sealed.
/// </summary>
internal static class Deed
{
    /// <summary>A person's.</summary>
    /// <param name="http">The request.</param>
    /// <param name="at">Now.</param>
    /// <param name="kind">What happened: <c>shredding.approved</c>.</param>
    /// <param name="resource">What it was done to: <c>Type::id</c>.</param>
    /// <param name="details">Why, and what else is to be kept; a JSON object, sealed.</param>
    public static AuditRecord Of(HttpContext http, DateTimeOffset at, string kind, string resource, object details) => new()
    {
        EventId = Guid.CreateVersion7(at).ToString(), OccurredAt = at, Kind = kind, Action = AuditActions.Administer,
        Outcome = AuditOutcomes.Success,
        Actor = Caller.Person(http), Session = http.User.FindFirst("sid")?.Value, Address = http.Connection.RemoteIpAddress?.ToString(),
        Resource = resource, PersonDetails = JsonSerializer.SerializeToElement(details, JsonSerializerOptions.Web),
    };

    /// <summary>The service's own, which nobody commanded.</summary>
    public static AuditRecord OfService(DateTimeOffset at, string kind, string resource) => new()
    {
        EventId = Guid.CreateVersion7(at).ToString(), OccurredAt = at, Kind = kind, Action = AuditActions.Administer,
        Outcome = AuditOutcomes.Success, Resource = resource,
    };
}
