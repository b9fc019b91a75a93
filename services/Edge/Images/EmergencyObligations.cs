using System.Text.Json;
using AccessGov.Edge.Uses;

namespace AccessGov.Edge.Images;

/// <summary>
/// What the viewer is asked to show, in the words of the shipped policies (deploy/policies/obligations.json); a drill is called one.
/// </summary>
internal static class EmergencyObligations
{
    /// <summary>In ASCII: what is not is escaped as JSON does, so that it may stand in a header.</summary>
    public static string Text(ActiveAccess access, DateTimeOffset now)
    {
        string until = Instant(access.Until);
        (string said, string drawn) = access.Practice ? ("DRILL. ", "DRILL ") : ("", "");
        return JsonSerializer.Serialize(new[]
        {
            Advice("emergency-banner@1", new
            {
                name = "banner", until,
                text = $"{said}Emergency access until {until}. Everything is recorded, and somebody will look at it.",
                @case = access.Id, practice = access.Practice,
            }),
            Advice("emergency-mark@1", new
            {
                name = "mark-action", purpose_of_use = "BTG", @case = access.Id, practice = access.Practice,
            }),
            Advice("emergency-watermark@1", new
            {
                name = "watermark", text = $"{drawn}EMERGENCY ACCESS {access.Person} {Instant(now)} {access.Id}",
            }),
        });
    }

    private static object Advice(string id, object properties) => new { id, type = "custom", properties };

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ");
}
