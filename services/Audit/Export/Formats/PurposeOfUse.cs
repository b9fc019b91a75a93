using System.Collections.Frozen;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Export.Formats;

/// <summary>
/// Why somebody had access, as HL7's codes say it (PurposeOfUse of v3-ActReason). The trail has it as the reason of an event; where nothing
/// else is said, an emergency that begins and what is done to a patient's data under its case was done behind broken glass. What is done
/// about the case itself, a review or a mail, had no such purpose.
/// </summary>
internal static class PurposeOfUse
{
    /// <summary>How FHIR calls the system of the codes; DICOM calls it by its object identifier.</summary>
    public const string FhirSystem = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    private static readonly Code BreakGlass = Of("BTG", "break the glass");

    private static readonly FrozenDictionary<string, Code> Known = new[]
    {
        BreakGlass, Of("ETREAT", "Emergency Treatment"), Of("TREAT", "treatment"), Of("CAREMGT", "Care Management"),
        Of("HPAYMT", "healthcare payment"), Of("HOPERAT", "healthcare operations"), Of("HRESCH", "healthcare research"),
        Of("PATRQT", "patient requested"), Of("PUBHLTH", "public health"), Of("HSYSADMIN", "health system administration"),
    }.ToFrozenDictionary(code => code.Value, StringComparer.Ordinal);

    private static readonly FrozenSet<string> BehindBrokenGlass = new[]
    {
        AuditActions.EmergencyStart, AuditActions.View, AuditActions.Query, AuditActions.Annotate, AuditActions.Modify,
        AuditActions.Delete, AuditActions.Export, AuditActions.Share, AuditActions.Print, AuditActions.Decide,
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a reason is such a code.</summary>
    public static bool IsCode(string reason) => Known.ContainsKey(reason);

    /// <summary>Null where nobody said it.</summary>
    public static Code? Of(TrailEntry entry) => entry.Reason is { } reason && Known.TryGetValue(reason, out Code? code) ? code
        : entry.EmergencyCase is not null && BehindBrokenGlass.Contains(entry.Action) ? BreakGlass : null;

    /// <summary>What the reason says of how it ended; null where it says why it was done.</summary>
    public static string? OutcomeOf(TrailEntry entry) => entry.Reason is { } reason && !Known.ContainsKey(reason) ? reason : null;

    private static Code Of(string value, string text) => new(value, "2.16.840.1.113883.5.8", text);
}
