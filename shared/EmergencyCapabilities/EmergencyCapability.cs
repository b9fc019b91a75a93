using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.EmergencyCapabilities;

/// <summary>
/// What BreakGlass promises somebody for the time in which it cannot be asked: to open patients' images at one edge, a few patients, a
/// short while, and only together with the key that it names (RFC 7800). Immutable.
/// </summary>
/// <param name="Id">Its id (jti): what its uses are counted under, and what it is revoked by.</param>
/// <param name="Issuer">The BreakGlass that promises it: an absolute URL.</param>
/// <param name="Edge">The one edge that takes it.</param>
/// <param name="Holder">Whose it is.</param>
/// <param name="Role">The role that each use gives for one patient.</param>
/// <param name="InvokerRole">The role that lets the holder take the other.</param>
/// <param name="Duration">How long each use lasts, from a minute to twelve hours.</param>
/// <param name="UsesMax">How many uses there may be at most, from 1 on.</param>
/// <param name="Key">The holder's public key, on the curve P-256.</param>
/// <param name="Excluded">Patients whom it does not open, as <see cref="Digest"/> has them: the holder's family, and the holder.</param>
/// <param name="IssuedAt">From when on it is good; in whole seconds.</param>
/// <param name="Expires">Until when it may be used (exclusive); what was begun by then lasts as long as its use. In whole seconds.</param>
public sealed record EmergencyCapability(
    string Id, string Issuer, string Edge, CapabilityHolder Holder, string Role, string InvokerRole, TimeSpan Duration, int UsesMax,
    JsonWebKey Key, IReadOnlyList<string> Excluded, DateTimeOffset IssuedAt, DateTimeOffset Expires)
{
    private const int DigestBytes = 16;

    /// <summary>Whether it does not open a patient's images.</summary>
    /// <param name="patient">The patient's id at the hospital.</param>
    public bool Excludes(string patient) => Excluded.Contains(Digest(Id, patient), StringComparer.Ordinal);

    /// <summary>
    /// A patient as a capability names one: whoever reads it learns no patient's id without knowing it already. The first half of SHA-256
    /// over the capability's id, a line feed and the patient's id, in base64url.
    /// </summary>
    /// <param name="capability">The capability's id.</param>
    /// <param name="patient">The patient's id at the hospital.</param>
    public static string Digest(string capability, string patient) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{capability}\n{patient}")).AsSpan(0, DigestBytes));
}

/// <summary>Whose a capability is: a clinician's, or a station's, at which a clinician says who they are.</summary>
/// <param name="Kind"><see cref="Person"/> or <see cref="Station"/>.</param>
/// <param name="Id">The person's id, or the station's name.</param>
public sealed record CapabilityHolder(string Kind, string Id)
{
    /// <summary>A clinician who was signed in when it was issued.</summary>
    public const string Person = "person";

    /// <summary>A workstation; who uses it is only said.</summary>
    public const string Station = "station";

    /// <summary>Whether it is a station's.</summary>
    public bool IsStation => Kind == Station;
}

/// <summary>Why a capability or its use is not taken.</summary>
/// <param name="Code">A stable code; <see cref="CapabilityFaults"/> has those that are found by reading.</param>
/// <param name="Sentence">What is wrong and what to do, for people.</param>
public sealed record CapabilityFault(string Code, string Sentence);

/// <summary>The faults that reading a capability and its use finds.</summary>
public static class CapabilityFaults
{
    /// <summary>It is no capability, is signed by nobody who may, or was changed.</summary>
    public static readonly CapabilityFault Forged = new(
        "capability_forged",
        "This was not issued by the hospital's emergency access, or was changed: sign in again while you can to get another.");

    /// <summary>It is for another edge.</summary>
    public static readonly CapabilityFault OtherEdge = new(
        "capability_of_other_edge", "This capability opens the images of another archive: use the one that was issued for this archive.");

    /// <summary>Its time is over, or has not begun.</summary>
    public static readonly CapabilityFault Expired = new(
        "capability_expired",
        "This capability has run out, or is not good yet: use the capability of your station, or call the radiology desk.");

    /// <summary>What asks to use it is not signed by whose it is, or is not about it.</summary>
    public static readonly CapabilityFault UseForged = new(
        "use_forged", "This capability is somebody else's: use your own, or the one of your station.");

    /// <summary>Something is missing in what asks to use it.</summary>
    public static readonly CapabilityFault UseMalformed = new(
        "use_malformed",
        "Name the patient, the reason code (ETREAT or BTG) and in 1 to 1,000 characters why; at a station also who you are.");

    /// <summary>It was not made just now.</summary>
    public static readonly CapabilityFault UseStale = new(
        "use_stale", "This request was made too long ago, or the clocks differ: try again, and have the clock of this workstation set.");

    /// <summary>The patient is the holder's family, or the holder.</summary>
    public static readonly CapabilityFault PatientExcluded = new(
        "patient_excluded", "These are images of your own or of your family: ask a colleague to open them.");
}
