using System.Collections.Immutable;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>The studies known to the decision service: the wire carries only UIDs, this says whose and what they are.</summary>
internal interface IStudyIndex
{
    /// <summary>
    /// Finds a study, from memory when it can (then without waiting or allocating), else from the database. Null when it is unknown, and also when
    /// two patients claim its UID: nobody can say whose study is meant then.
    /// </summary>
    /// <exception cref="StudyIndexUnavailableException">It is not in memory and the database cannot be asked.</exception>
    ValueTask<StudyFacts?> FindAsync(string studyInstanceUid, CancellationToken cancellation);

    /// <summary>The same for many studies, of which those that are not in memory are read with one statement: their facts in the order of the UIDs.</summary>
    /// <exception cref="StudyIndexUnavailableException">Not all are in memory and the database cannot be asked.</exception>
    ValueTask<IReadOnlyList<StudyFacts?>> FindAsync(IReadOnlyList<string> studyInstanceUids, CancellationToken cancellation);
}

/// <summary>Translates the ids of Orthanc's REST API, which are hashes, into the ids that decisions are about.</summary>
internal interface IOrthancIds
{
    /// <summary>The StudyInstanceUID behind an Orthanc study id; null when it is unknown.</summary>
    /// <exception cref="StudyIndexUnavailableException">The database cannot be asked.</exception>
    ValueTask<string?> FindStudyAsync(string orthancId, CancellationToken cancellation);

    /// <summary>The PatientID behind an Orthanc patient id; null when it is unknown.</summary>
    /// <exception cref="StudyIndexUnavailableException">The database cannot be asked.</exception>
    ValueTask<string?> FindPatientAsync(string orthancId, CancellationToken cancellation);

    /// <summary>
    /// Whether Orthanc tells this patient's id (ASCII) from every other one: it finds patients without regard to case and to what is not ASCII, so a search
    /// for one would show the other.
    /// </summary>
    /// <exception cref="StudyIndexUnavailableException">The database cannot be asked.</exception>
    ValueTask<bool> IsOnlySpellingAsync(string patientId, CancellationToken cancellation);
}

/// <summary>What decisions know of a study.</summary>
internal sealed record StudyFacts(
    string StudyInstanceUid, string PatientId, string? IssuerOfPatientId, string? Department, ImmutableArray<string> Modality,
    string? ReferringPhysician, DateOnly? StudyDate, ImmutableArray<string> Labels, bool Finalized, string? AccessionNumber);

/// <summary>The study index cannot be asked now; whoever needs it denies.</summary>
internal sealed class StudyIndexUnavailableException(Exception inner) : Exception("The study index cannot be read now.", inner);
