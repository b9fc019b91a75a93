using System.Collections.Immutable;
using System.Globalization;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>One study as it is sent to the import.</summary>
internal sealed record ImportedStudy(
    string StudyInstanceUid, string PatientId, string? IssuerOfPatientId = null, string? Department = null, string[]? Modality = null,
    string? ReferringPhysician = null, string? StudyDate = null, string[]? Labels = null, bool Finalized = false, string? AccessionNumber = null)
{
    private const int ItemsMax = 64;

    /// <summary>The row to keep, or why there is none: a code and a sentence.</summary>
    public (StudyRow? Row, string? Code, string? Sentence) Check()
    {
        if (!DicomUid.IsValid(StudyInstanceUid))
        {
            return (null, "uid_invalid", "studyInstanceUid must be a DICOM UID: 1 to 64 digits and dots, no empty component.");
        }

        (string Name, string? Text, int LengthMax)[] texts =
        [
            ("patientId", PatientId, 64), ("issuerOfPatientId", IssuerOfPatientId, 64), ("department", Department, 64),
            ("referringPhysician", ReferringPhysician, 200), ("accessionNumber", AccessionNumber, 64),
            .. (Modality ?? []).Select(modality => ("modality", (string?)modality, 16)), .. (Labels ?? []).Select(label => ("labels", (string?)label, 64)),
        ];
        foreach ((string name, string? text, int lengthMax) in texts)
        {
            if (text is not null && (text.Length == 0 || text.Length > lengthMax || text.Any(char.IsControl) || text.Trim().Length != text.Length))
            {
                return (null, "text_invalid", $"{name} must have 1 to {lengthMax} characters, no control characters and no surrounding blanks.");
            }
        }

        if (Modality?.Length > ItemsMax || Labels?.Length > ItemsMax)
        {
            return (null, "too_many_items", $"modality and labels hold at most {ItemsMax} items each.");
        }

        DateOnly? date = null;
        if (StudyDate is not null && (date = DicomDate.Parse(StudyDate)) is null)
        {
            return (null, "date_invalid", "studyDate must be a date, as yyyyMMdd or yyyy-MM-dd.");
        }

        return (new StudyRow(
            StudyInstanceUid, PatientId, IssuerOfPatientId, Department, Distinct(Modality), ReferringPhysician, date, Distinct(Labels), Finalized,
            AccessionNumber, Archive: null, OrthancIdentifier.OfStudy(PatientId, StudyInstanceUid), OrthancIdentifier.OfPatient(PatientId), Imported: true), null, null);
    }

    private static ImmutableArray<string> Distinct(string[]? texts) =>
        [.. (texts ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

internal static class DicomDate
{
    private static readonly string[] Formats = ["yyyyMMdd", "yyyy-MM-dd"];

    public static DateOnly? Parse(string text) =>
        DateOnly.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : null;
}
