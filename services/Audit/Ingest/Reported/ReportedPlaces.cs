using System.Net;

namespace AccessGov.Audit.Ingest.Reported;

/// <summary>Who acted and from where, among all that took part.</summary>
internal static class ReportedPlaces
{
    private const string ApplicationTitles = "AETITLES=";
    private static readonly string[] MachineRoles = ["110150", "110151", "110152", "110153", "110154", "110155"];
    private static readonly string[] ReceivingRoles = ["110152", "110154", "110155"];

    /// <summary>The person who asked for it, else a person, else the machine that asked for it, else whoever is named first.</summary>
    public static ReportedParticipant? Actor(IReadOnlyList<ReportedParticipant> participants) =>
        participants.FirstOrDefault(participant => participant.IsRequestor && IsPerson(participant))
        ?? participants.FirstOrDefault(participant => IsPerson(participant) && !Receives(participant))
        ?? participants.FirstOrDefault(participant => participant.IsRequestor)
        ?? participants.FirstOrDefault(participant => !Receives(participant))
        ?? (participants.Count > 0 ? participants[0] : null);

    /// <summary>The address and the name of the place of the actor, else of a machine that took part and is not where it went.</summary>
    public static (string? Address, string? Workstation) Of(ReportedParticipant? actor, IReadOnlyList<ReportedParticipant> participants)
    {
        ReportedParticipant[] inOrder =
            [.. Only(actor), .. participants.Where(participant => participant != actor && !Receives(participant))];
        string? address = inOrder.Select(Address).OfType<string>().FirstOrDefault();
        string? workstation = inOrder.Select(Workstation).OfType<string>().FirstOrDefault()
            ?? inOrder.Select(ApplicationTitle).OfType<string>().FirstOrDefault();
        return (address, workstation);
    }

    /// <summary>From where somebody acted, where that is neither an address nor the name of a place.</summary>
    public static string? Unplaced(ReportedParticipant participant) =>
        Address(participant) is null && Workstation(participant) is null ? participant.AccessPoint : null;

    /// <summary>What is received by whom: the id of the machine that it went to.</summary>
    public static ReportedParticipant? Receiver(IReadOnlyList<ReportedParticipant> participants) => participants.FirstOrDefault(Receives);

    private static bool Receives(ReportedParticipant participant) =>
        participant.Roles.Any(role => ReceivingRoles.Contains(role, StringComparer.Ordinal));

    private static bool IsPerson(ReportedParticipant participant) => participant.IsPerson
        ?? (!participant.Roles.Any(role => MachineRoles.Contains(role, StringComparer.Ordinal))
            && ApplicationTitle(participant) is null && participant.Medium is null);

    private static string? Address(ReportedParticipant participant) =>
        participant.AccessPointType is null or "1" or "2" ? AddressText.Of(participant.AccessPoint) : null;

    private static string? Workstation(ReportedParticipant participant) =>
        participant.AccessPointType is null or "1" or "2" && Address(participant) is null && !IsNearlyAddress(participant)
            ? ClearText.Identifier(participant.AccessPoint)
            : null;

    /// <summary>What is sent as an address and is none after all names no place either; it stands in the details.</summary>
    private static bool IsNearlyAddress(ReportedParticipant participant) =>
        participant.AccessPointType != "1" && IPAddress.TryParse(participant.AccessPoint, out _);

    private static string? ApplicationTitle(ReportedParticipant participant) =>
        participant.AlternativeId?.Trim() is { } titles && titles.StartsWith(ApplicationTitles, StringComparison.OrdinalIgnoreCase)
            ? ClearText.Identifier(titles[ApplicationTitles.Length..].Split(';')[0])
            : null;

    private static ReportedParticipant[] Only(ReportedParticipant? participant) => participant is null ? [] : [participant];
}
