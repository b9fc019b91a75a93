using System.Collections.Immutable;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>A study as the table holds it: the facts, and where they come from.</summary>
internal sealed record StudyRow(
    string StudyInstanceUid, string PatientId, string? IssuerOfPatientId, string? Department, ImmutableArray<string> Modality,
    string? ReferringPhysician, DateOnly? StudyDate, ImmutableArray<string> Labels, bool Finalized, string? AccessionNumber,
    string? Archive, string OrthancStudyId, string OrthancPatientId, bool Imported)
{
    public StudyFacts ToFacts() => new(
        StudyInstanceUid, PatientId, IssuerOfPatientId, Department, Modality, ReferringPhysician, StudyDate, Labels, Finalized, AccessionNumber);
}
