using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>The study index: the table, with what was asked lately in memory. Changes on any replica reach this one through <see cref="StudyNews"/>.</summary>
internal sealed class StudyIndex(StudyReader reader, IOptions<StudyIndexOptions> options, TimeProvider clock, ILogger<StudyIndex> log)
    : IStudyIndex, IOrthancIds
{
    private readonly BoundedCache<StudyFacts> studies = new(options.Value.CachedStudiesMax, clock);
    private readonly BoundedCache<string> orthancStudies = new(options.Value.CachedStudiesMax, clock);
    private readonly BoundedCache<string> orthancPatients = new(options.Value.CachedStudiesMax, clock);
    private volatile bool hearsNews;

    /// <summary>Studies in memory, about.</summary>
    public int CachedStudies => studies.Count;

    public ValueTask<StudyFacts?> FindAsync(string studyInstanceUid, CancellationToken cancellation) =>
        studies.TryGet(studyInstanceUid, out StudyFacts? facts) ? new(facts) : new(LoadAsync(studyInstanceUid, cancellation));

    public async ValueTask<IReadOnlyList<StudyFacts?>> FindAsync(IReadOnlyList<string> studyInstanceUids, CancellationToken cancellation)
    {
        var found = new StudyFacts?[studyInstanceUids.Count];
        var missing = new List<int>();
        for (int i = 0; i < found.Length; i++)
        {
            if (!studies.TryGet(studyInstanceUids[i], out found[i]))
            {
                missing.Add(i);
            }
        }

        if (missing.Count == 0)
        {
            return found;
        }

        long changes = studies.Changes;
        ILookup<string, StudyRow> rows;
        try
        {
            rows = await reader.FindAsync([.. missing.Select(i => studyInstanceUids[i])], cancellation);
        }
        catch (Exception failure) when (StoreOutage.LeftUnanswered(failure))
        {
            throw new StudyIndexUnavailableException(failure);
        }

        foreach (int i in missing)
        {
            found[i] = Remember(studies, studyInstanceUids[i], [.. rows[studyInstanceUids[i]]], static row => row.ToFacts(), changes);
        }

        return found;
    }

    public ValueTask<string?> FindStudyAsync(string orthancId, CancellationToken cancellation) =>
        orthancStudies.TryGet(orthancId, out string? uid)
            ? new(uid)
            : new(LoadAsync(orthancStudies, orthancId, reader.FindByOrthancStudyAsync, row => row.StudyInstanceUid, cancellation));

    public ValueTask<string?> FindPatientAsync(string orthancId, CancellationToken cancellation) =>
        orthancPatients.TryGet(orthancId, out string? patient)
            ? new(patient)
            : new(LoadAsync(orthancPatients, orthancId, reader.FindByOrthancPatientAsync, row => row.PatientId, cancellation));

    public async ValueTask<bool> IsOnlySpellingAsync(string patientId, CancellationToken cancellation)
    {
        try
        {
            return await reader.IsOnlySpellingAsync(patientId, cancellation);
        }
        catch (Exception failure) when (StoreOutage.LeftUnanswered(failure))
        {
            throw new StudyIndexUnavailableException(failure);
        }
    }

    /// <summary>Forgets what is in memory about these studies, at once.</summary>
    public void Forget(IReadOnlyCollection<string> studyInstanceUids)
    {
        studies.Remove(studyInstanceUids);
        orthancStudies.Clear();
        orthancPatients.Clear();
    }

    /// <summary>News of changes arrive from now on: what was remembered before may be outdated, what is read now may be remembered.</summary>
    public void StartRemembering()
    {
        hearsNews = true;
        ForgetEverything();
    }

    /// <summary>News of changes do not arrive: nothing more is remembered, and what is in memory serves while the database is away.</summary>
    public void StopRemembering() => hearsNews = false;

    public void ForgetEverything()
    {
        studies.Clear();
        orthancStudies.Clear();
        orthancPatients.Clear();
    }

    private async Task<StudyFacts?> LoadAsync(string studyInstanceUid, CancellationToken cancellation) =>
        await LoadAsync(studies, studyInstanceUid, reader.FindAsync, row => row.ToFacts(), cancellation);

    private async Task<TValue?> LoadAsync<TValue>(
        BoundedCache<TValue> cache, string key, Func<string, CancellationToken, Task<IReadOnlyList<StudyRow>>> read, Func<StudyRow, TValue> pick,
        CancellationToken cancellation)
        where TValue : class
    {
        long changes = cache.Changes;
        IReadOnlyList<StudyRow> rows;
        try
        {
            rows = await read(key, cancellation);
        }
        catch (Exception failure) when (StoreOutage.LeftUnanswered(failure))
        {
            throw new StudyIndexUnavailableException(failure);
        }

        return Remember(cache, key, rows, pick, changes);
    }

    private TValue? Remember<TValue>(BoundedCache<TValue> cache, string key, IReadOnlyList<StudyRow> rows, Func<StudyRow, TValue> pick, long changes)
        where TValue : class
    {
        if (rows.Count > 1)
        {
            log.LogWarning("Study {StudyInstanceUid} is claimed by more than one patient and is treated as unknown.", rows[0].StudyInstanceUid);
        }

        TValue? value = rows.Count == 1 ? pick(rows[0]) : null;
        if (hearsNews)
        {
            cache.Add(key, value, changes, value is null ? options.Value.UnknownFor : null);
        }

        return value;
    }
}
