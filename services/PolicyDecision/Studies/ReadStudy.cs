using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Shows what the index knows of a study, from the table itself.</summary>
internal static class ReadStudy
{
    public sealed record Answer(
        string StudyInstanceUid, string PatientId, string? IssuerOfPatientId, string? Department, IReadOnlyList<string> Modality,
        string? ReferringPhysician, DateOnly? StudyDate, IReadOnlyList<string> Labels, bool Finalized, string? AccessionNumber, string? Archive,
        string OrthancStudyId);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/studies/{uid}", HandleAsync)
        .RequireAuthorization("facts.read");

    public static IResult UidInvalid() =>
        Problems.Refused("policy-decision", "uid_invalid", "A study is named by its DICOM UID: 1 to 64 digits and dots.", StatusCodes.Status400BadRequest);

    public static IResult Unknown() =>
        Problems.Refused("policy-decision", "study_unknown", "The index knows no such study.", StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(string uid, StudyReader reader, CancellationToken cancellation)
    {
        if (!DicomUid.IsValid(uid))
        {
            return UidInvalid();
        }

        return await reader.FindAsync(uid, cancellation) switch
        {
            [] => Unknown(),
            [var row] => Results.Ok(new Answer(
                row.StudyInstanceUid, row.PatientId, row.IssuerOfPatientId, row.Department, row.Modality, row.ReferringPhysician, row.StudyDate,
                row.Labels, row.Finalized, row.AccessionNumber, row.Archive, row.OrthancStudyId)),
            _ => Problems.Refused("policy-decision", "study_ambiguous",
                "More than one patient claims this study, so it is denied like an unknown one: import it with the right patient, or clean the archive."),
        };
    }
}
