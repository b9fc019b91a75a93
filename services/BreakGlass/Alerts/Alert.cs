using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.BreakGlass.Offline;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>Something that somebody is to be told of a case.</summary>
/// <param name="Id">The same whenever it is told again.</param>
/// <param name="Case">The case; empty where it is about none.</param>
/// <param name="Kind">invoked, unjustified, escalated, overdue, drill_due, channel_failed, channel_recovered, edge_alarm.</param>
/// <param name="Audience">Who is told.</param>
/// <param name="Practice">Whether it is a drill.</param>
/// <param name="Person">Whose case it is; the edge in an alarm of an edge.</param>
/// <param name="ReasonCode">ETREAT or BTG; why, in an alarm of an edge.</param>
/// <param name="At">When it happened.</param>
/// <param name="DueAt">When the case must be judged.</param>
/// <param name="Failed">The channels that have failed for it.</param>
/// <param name="Note">What else is to be known of the case; empty when nothing is.</param>
/// <param name="Channel">The channel that it is about; null where it is about none.</param>
/// <param name="Failure">Why that channel fails, as a code; null where it does not.</param>
internal sealed record Alert(
    Guid Id, string Case, string Kind, string Audience, bool Practice, string Person, string ReasonCode, DateTimeOffset At,
    DateTimeOffset DueAt,
    IReadOnlyList<string> Failed, string Note = "", string? Channel = null, string? Failure = null)
{
    public const string Security = "security";
    public const string Compliance = "compliance";

    /// <summary>Who runs the archive and its edges: told of all that security is told of, where the hospital names a channel.</summary>
    public const string PacsAdministrator = "pacs-administrator";

    /// <summary>Nobody has practised for too long: about no case, and nobody's.</summary>
    public const string DrillDue = "drill_due";

    /// <summary>An edge, or somebody at it, does what they should not: about no case.</summary>
    public const string EdgeAlarm = "edge_alarm";

    /// <summary>A channel takes no alerts any more: about no case, and nobody's.</summary>
    public const string ChannelFailed = "channel_failed";

    /// <summary>It takes them again.</summary>
    public const string ChannelRecovered = "channel_recovered";

    public string Subject => $"{(Practice ? "[DRILL] " : "")}{Headline}";

    private string Headline => Kind switch
    {
        "invoked" => "Emergency access was taken",
        "unjustified" => "Emergency access was found not to be justified",
        "escalated" => "Emergency access waits for your review",
        "overdue" => "Emergency access was not reviewed in time",
        DrillDue => "Emergency access is to be practised",
        EdgeAlarm => $"The edge {Person} is to be looked at",
        ChannelFailed => $"Alerts do not get through by {Channel}",
        ChannelRecovered => $"Alerts get through by {Channel} again",
        _ => throw new InvalidOperationException($"{Kind} is no kind of alert."),
    };

    /// <summary>What it says: ids and times, and where the rest is. No patient, and no name but what somebody said at a station.</summary>
    public string Text(Uri? console)
    {
        string failed = Failed.Count == 0 ? "" : $"\n\nThis came another way than usual: {string.Join(", ", Failed)} failed.";
        if (Kind == DrillDue)
        {
            string where = PageOf(console) is { } begin ? $" at {begin}" : "";
            return $"Nobody has practised emergency access for longer than the hospital wants. Let somebody take a practice case on a test "
                + $"patient{where}, and let somebody else review it. This comes again every 30 days until somebody has.{failed}";
        }

        if (Kind == EdgeAlarm)
        {
            string what = ReasonCode switch
            {
                EdgeDay.JournalPutBack => "an older journal was put in the place of its own: it lets nobody in until somebody has looked",
                EdgeDay.JournalBroken => "its journal was changed, or begins anew: nothing more is taken over from it",
                EdgeDay.LineUnusable => "its journal tells of what cannot be",
                _ => $"somebody tried to get emergency access there with what is not theirs ({ReasonCode})",
            };
            string where = PageOf(console) is { } day ? $"\n\nWhat is known, and where you say what you found: {day}" : "";
            return $"At the edge {Person} {what}. Look at the machine, its journal and the audit trail. This comes once a day.{where}{failed}";
        }

        if (Channel is not null)
        {
            string where = PageOf(console) is { } health ? $"\n\nThe state of all channels: {health}" : "";
            return Kind == ChannelFailed
                ? $"{Headline} since {Time(At)} ({Failure}). What was to come by it comes another way. Look what is wrong with it: it is "
                    + $"said when it works again.{where}{failed}"
                : $"{Headline} since {Time(At)}.{where}{failed}";
        }

        string drill = Practice ? "This is a drill: nobody's images were opened.\n\n" : "";
        string page = PageOf(console) is { } url ? $"The case: {url}" : $"Case {Case}.";
        string note = Note.Length > 0 ? $"\n\n{Note}" : "";
        return $"{drill}{Headline} by {Person} ({ReasonCode}) at {Time(At)}. "
            + $"It must be reviewed by {DueAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC.{note}\n\n{page}{failed}";
    }

    /// <summary>What whoever is told must know of a case that was taken while nobody here could be asked.</summary>
    public static string NoteOf(EmergencyAccessInvoked invoked) => invoked.Offline is not { } offline ? ""
        : $"It was taken at {Time(invoked.At)} at the edge {offline.Edge}, while AccessGov could not be asked"
            + (offline.Station is { } station
                ? $", at the station {station}: who it was is only what they said ({offline.SaidToBe ?? "nothing"})."
                : ".")
            + (offline.Faults.Count > 0 ? $" Something is wrong with it: {string.Join(", ", offline.Faults)}." : "");

    private string Page => Kind switch
    {
        DrillDue => "emergency-access/new",
        ChannelFailed or ChannelRecovered => "service-health",
        EdgeAlarm => $"emergency-cases/edges/{Person}/{EdgeDay.DayOf(At)}",
        _ => $"emergency-cases/{Case}",
    };

    /// <summary>The console's page that it leads to; null without a console.</summary>
    public string? PageOf(Uri? console) => console is null ? null : $"{console.AbsoluteUri.TrimEnd('/')}/{Page}";

    private static string Time(DateTimeOffset at) => $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
}
