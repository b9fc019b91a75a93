using System.Collections.Frozen;
using AccessGov.EmergencyCapabilities;
using AccessGov.ServiceDefaults;

namespace AccessGov.Edge;

/// <summary>What the edge refuses, beside what <see cref="CapabilityFaults"/> has: stable codes, and what to do.</summary>
internal static class Refusals
{
    public const string Service = "edge";

    public static readonly CapabilityFault Revoked = new(
        "capability_revoked", "This capability was taken back: use the one of your station, or call the radiology desk.");

    public static readonly CapabilityFault UsedUp = new(
        "capability_used_up", "This capability was used as often as it may be: use the one of your station, or call the radiology desk.");

    public static readonly CapabilityFault Replayed = new(
        "use_replayed", "This request was made once before: ask again, which makes another.");

    public static readonly CapabilityFault PracticePatientRequired = new(
        "practice_patient_required",
        "A drill is about a test patient, and this is none: ask the privacy office for the test patients' ids.");

    public static readonly CapabilityFault ClockUnreliable = new(
        "clock_unreliable",
        "The clock of the edge is not right, so nobody can say what is good still: have it set, or call the radiology desk.");

    public static readonly CapabilityFault KeysUnknown = new(
        "keys_unknown", "This edge has never heard from AccessGov which keys sign capabilities: call the radiology desk.");

    public static readonly CapabilityFault JournalUnavailable = new(
        "journal_unavailable",
        "What is opened cannot be written down here (the disk may be full), so nothing is opened: call the radiology desk.");

    public static readonly CapabilityFault JournalBroken = new(
        "journal_broken",
        "The journal of this edge was changed or is damaged, so nothing is opened: call the radiology desk and security.");

    public static readonly CapabilityFault AccessUnknown = new(
        "access_unknown", "This emergency access is none, has run out or was ended: ask AccessGov, or take another.");

    public static readonly CapabilityFault OtherPatient = new(
        "other_patient", "This emergency access opens the images of another patient: take one for this patient.");

    public static readonly CapabilityFault ReadingOnly = new(
        "reading_only", "Emergency access lets one patient's images be looked for and looked at, and nothing else.");

    public static readonly CapabilityFault StudyUnknown = new("study_unknown", "The archive has no such study, or cannot say whose it is.");

    public static readonly CapabilityFault ArchiveUnavailable = new(
        "archive_unavailable", "The archive does not say whose images these are: try again, or call the radiology desk.");

    public static readonly CapabilityFault AccessGovUnavailable = new(
        "accessgov_unavailable",
        "AccessGov cannot be asked now. In an emergency take the patient's images with your viewer's emergency button or at "
        + "/emergency-access, or call the radiology desk.");

    public static readonly CapabilityFault ProxyUnknown = new("proxy_unknown", "The proxy must show its secret in AccessGov-Proxy-Secret.");

    public static readonly CapabilityFault StationUnavailable = new(
        "station_unavailable", "This station has no capability now: sign in to your viewer, or call the radiology desk.");

    private static readonly FrozenDictionary<string, int> Statuses = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        [CapabilityFaults.UseMalformed.Code] = StatusCodes.Status400BadRequest,
        [CapabilityFaults.UseStale.Code] = StatusCodes.Status409Conflict,
        [Replayed.Code] = StatusCodes.Status409Conflict,
        [ProxyUnknown.Code] = StatusCodes.Status401Unauthorized,
        [ClockUnreliable.Code] = StatusCodes.Status503ServiceUnavailable,
        [KeysUnknown.Code] = StatusCodes.Status503ServiceUnavailable,
        [JournalUnavailable.Code] = StatusCodes.Status503ServiceUnavailable,
        [JournalBroken.Code] = StatusCodes.Status503ServiceUnavailable,
        [ArchiveUnavailable.Code] = StatusCodes.Status503ServiceUnavailable,
        [AccessGovUnavailable.Code] = StatusCodes.Status503ServiceUnavailable,
        [StationUnavailable.Code] = StatusCodes.Status503ServiceUnavailable,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static int StatusOf(CapabilityFault fault) => Statuses.GetValueOrDefault(fault.Code, StatusCodes.Status403Forbidden);

    public static IResult Answer(CapabilityFault fault) => Problems.Refused(Service, fault.Code, fault.Sentence, StatusOf(fault));
}
