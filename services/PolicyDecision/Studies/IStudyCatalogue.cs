namespace AccessGov.PolicyDecision.Studies;

/// <summary>The study index in breadth, for searches: which studies there are, as the table says now.</summary>
internal interface IStudyCatalogue
{
    /// <summary>The studies of a selection (null: all), at most so many, each once and as <see cref="IStudyIndex"/> knows it, in no particular order.</summary>
    /// <exception cref="StudyIndexUnavailableException">The database cannot be asked.</exception>
    IAsyncEnumerable<SelectedStudy> FindAsync(StudySelection? selection, int studiesMax, CancellationToken cancellation);

    /// <summary>The patients that have a study, at most so many.</summary>
    /// <exception cref="StudyIndexUnavailableException">The database cannot be asked.</exception>
    IAsyncEnumerable<string> PatientsAsync(int patientsMax, CancellationToken cancellation);

    /// <summary>Whether the patient has a study.</summary>
    /// <exception cref="StudyIndexUnavailableException">The database cannot be asked.</exception>
    ValueTask<bool> KnowsPatientAsync(string patientId, CancellationToken cancellation);

    /// <summary>Whether the person referred some study.</summary>
    /// <exception cref="StudyIndexUnavailableException">The database cannot be asked.</exception>
    ValueTask<bool> KnowsReferrerAsync(string userId, CancellationToken cancellation);
}

/// <summary>Studies of any of these patients, of any of these departments, or referred by that physician.</summary>
internal sealed record StudySelection(IReadOnlyCollection<string> Patients, IReadOnlyCollection<string> Departments, string? ReferringPhysician);

/// <summary>A study of the index.</summary>
/// <param name="StudyInstanceUid">Its UID.</param>
/// <param name="Facts">What is known of it; null when nobody can say whose it is.</param>
internal readonly record struct SelectedStudy(string StudyInstanceUid, StudyFacts? Facts);
