namespace AccessGov.PolicyDecision.Studies;

/// <summary>What a row of the table said from an instant until another one, which is the last of all where it is said still.</summary>
internal sealed record StudyVersion(StudyRow Row, DateTimeOffset Since, DateTimeOffset Until);

/// <summary>Studies as the index knew them at an instant of the past.</summary>
internal sealed class StudyHistory(StudyReader reader, StudyIndex index)
{
    /// <summary>Some studies, at any instant.</summary>
    /// <exception cref="StudyIndexUnavailableException">The database cannot be asked.</exception>
    public async Task<PastStudies> OfAsync(IReadOnlyCollection<string> studyInstanceUids, CancellationToken cancellation)
    {
        string[] uids = [.. studyInstanceUids.Where(DicomUid.IsValid).Distinct(StringComparer.Ordinal)];
        if (uids.Length == 0)
        {
            return new PastStudies(Enumerable.Empty<StudyVersion>().ToLookup(version => version.Row.StudyInstanceUid, StringComparer.Ordinal), []);
        }

        // What changes between the two is among the changed.
        IReadOnlyList<StudyFacts?> facts = await index.FindAsync(uids, cancellation);
        try
        {
            return new PastStudies(
                await reader.VersionsAsync(uids, cancellation), uids.Zip(facts).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal));
        }
        catch (Exception failure) when (StoreOutage.LeftUnanswered(failure))
        {
            throw new StudyIndexUnavailableException(failure);
        }
    }
}

/// <summary>Immutable, and safe for any number of threads.</summary>
internal sealed class PastStudies(ILookup<string, StudyVersion> changed, Dictionary<string, StudyFacts?> present)
{
    /// <summary>
    /// The study at an instant; null when it was not known or two patients claimed it. What was said first is taken for what was so before: the archive is older than the index.
    /// </summary>
    public StudyFacts? At(string studyInstanceUid, DateTimeOffset at)
    {
        if (!changed.Contains(studyInstanceUid))
        {
            return present.GetValueOrDefault(studyInstanceUid);
        }

        StudyVersion[] versions = [.. changed[studyInstanceUid]];
        DateTimeOffset first = versions.Min(version => version.Since);
        DateTimeOffset asked = at < first ? first : at;
        StudyRow[] rows =
        [
            .. versions.Where(version => version.Since <= asked && asked < version.Until).Select(version => version.Row)
                .OrderByDescending(row => row.Imported).ThenBy(row => row.OrthancStudyId, StringComparer.Ordinal).DistinctBy(row => row.PatientId, StringComparer.Ordinal),
        ];
        return rows is [var row] ? row.ToFacts() : null;
    }
}
