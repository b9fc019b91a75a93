using System.Collections.Immutable;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>The studies known to the decision service: the wire carries only UIDs, this says whose and what they are.</summary>
internal interface IStudyIndex
{
    /// <summary>Finds a study, from memory when it can, else from the database. Null when it is unknown.</summary>
    /// <exception cref="StudyIndexUnavailableException">It is not in memory and the database cannot be asked.</exception>
    ValueTask<StudyFacts?> FindAsync(string studyInstanceUid, CancellationToken cancellation);
}

internal sealed record StudyFacts(
    string StudyInstanceUid, string PatientId, string? IssuerOfPatientId, string? Department, ImmutableArray<string> Modality,
    string? ReferringPhysician, DateOnly? StudyDate, ImmutableArray<string> Labels, bool Finalized, string? AccessionNumber);

/// <summary>The study index cannot be asked now; whoever needs it denies.</summary>
internal sealed class StudyIndexUnavailableException(Exception inner) : Exception("The study index cannot be read now.", inner);
