using System.Collections.Immutable;

namespace AccessGov.ArchiveRequests;

/// <summary>Which study or patient a QIDO-RS query is restricted to.</summary>
internal static class QidoKeys
{
    /// <summary>
    /// Not clear when a key could be read in two ways: named twice (by keyword and by tag), or a keyword in another case, which Orthanc
    /// ignores. A key that
    /// matches more than one value (empty, a wildcard, a list) restricts to nothing.
    /// </summary>
    public static (bool Clear, string? StudyUid, string? PatientId) Of(ImmutableArray<QueryArgument> query)
    {
        (bool studyClear, string? study) = Single(query, "StudyInstanceUID", "0020000D");
        (bool patientClear, string? patient) = Single(query, "PatientID", "00100020");
        return (studyClear && patientClear, study is not null && DicomUid.IsValid(study) ? study : null, patient is not null
            && IsOnePatient(patient) ? patient : null);
    }

    public static bool HasStudyKey(ImmutableArray<QueryArgument> query) =>
        query.Any(argument => Is(argument.Name, "StudyInstanceUID", "0020000D"));

    private static (bool Clear, string? Value) Single(ImmutableArray<QueryArgument> query, string keyword, string tag)
    {
        QueryArgument[] found = [.. query.Where(argument => Is(argument.Name, keyword, tag))];
        return found switch
        {
            [] => (true, null),
            [var one] when one.Name == keyword || !one.Name.Equals(keyword, StringComparison.OrdinalIgnoreCase) => (true, one.Value),
            _ => (false, null),
        };
    }

    /// <summary>The keyword, or the tag as eight hexadecimal digits; Orthanc also takes a hyphen in the middle.</summary>
    private static bool Is(string name, string keyword, string tag) =>
        name.Equals(keyword, StringComparison.OrdinalIgnoreCase)
            || name.Replace("-", "", StringComparison.Ordinal).Equals(tag, StringComparison.OrdinalIgnoreCase);

    private static bool IsOnePatient(string value) =>
        value.Length is > 0 and <= 64 && value.All(char.IsAscii) && value.AsSpan().IndexOfAny("*?\\,") < 0
            && !char.IsWhiteSpace(value[0]) && !char.IsWhiteSpace(value[^1]);
}
