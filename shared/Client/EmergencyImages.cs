using System.Text.Json.Serialization;

namespace AccessGov.Client;

/// <summary>Whose images are taken, and why.</summary>
/// <param name="Patient">The patient's id at the hospital.</param>
/// <param name="ReasonCode">ETREAT (emergency treatment) or BTG (break the glass).</param>
/// <param name="Reason">Why, in the clinician's own words.</param>
/// <param name="SaidToBe">At a station, who the clinician says they are.</param>
/// <param name="Practice">Whether it is a drill.</param>
public sealed record WantedImages(string Patient, string ReasonCode, string Reason, string? SaidToBe = null, bool Practice = false);

/// <summary>What an edge is asked with.</summary>
/// <param name="Capability">What BreakGlass promised.</param>
/// <param name="Use">What is asked for, signed by whose it is.</param>
public sealed record SignedUse(string Capability, string Use);

/// <summary>What opens a patient's images at the archive.</summary>
/// <param name="Id">The emergency access's id.</param>
/// <param name="Access">Goes with each request to the archive, in the header AccessGov-Emergency-Access.</param>
/// <param name="Until">Until when.</param>
/// <param name="Patient">Whose images.</param>
public sealed record EmergencyImages(
    string Id, [property: JsonRequired] string Access, DateTimeOffset Until, string Patient);
