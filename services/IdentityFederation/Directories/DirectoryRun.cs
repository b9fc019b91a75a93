namespace AccessGov.IdentityFederation.Directories;

/// <summary>What one run did.</summary>
/// <param name="Full">Whether everything was read, or what changed.</param>
/// <param name="Read">The people that were read.</param>
/// <param name="Deactivated">Who is inactive since this run, for whichever reason.</param>
/// <param name="Missing">The active people who were not found any more, of a full run.</param>
/// <param name="GroupsRead">The groups that were read.</param>
/// <param name="Refused">How many people and groups were refused, by the code of the refusal.</param>
/// <param name="RefusedEntries">Some of them, by their objectGUID.</param>
internal sealed record DirectoryRun(
    bool Full, DateTimeOffset StartedAt, DateTimeOffset EndedAt, int Read, int Created, int Changed, int Deactivated, int Missing, int GroupsRead,
    IReadOnlyDictionary<string, int> Refused, IReadOnlyList<RefusedEntry> RefusedEntries);

/// <param name="ExternalId">The objectGUID.</param>
/// <param name="Code">Why.</param>
internal sealed record RefusedEntry(string ExternalId, string Code);

/// <summary>Why the directory cannot be read at present.</summary>
internal sealed record DirectoryFailure(string Code, string Detail, DateTimeOffset At);

/// <summary>What somebody asked for, until a run takes it up.</summary>
/// <param name="AllowDeactivations">Whether this run may deactivate however many vanished.</param>
/// <param name="By">Who asked.</param>
internal sealed record DirectoryRequest(bool Full, bool AllowDeactivations, string? By);

/// <summary>How far a directory is known, durably.</summary>
/// <param name="Fingerprint">The settings of the last full read.</param>
/// <param name="HighWaterMark">The latest change that is known, by the directory's clock.</param>
/// <param name="ReadAt">When the last complete run began, by ours.</param>
/// <param name="FullReadAt">When the last complete run that read everything began.</param>
/// <param name="TriedAt">When the last run began, complete or not.</param>
/// <param name="Runs">How many runs ended, complete or not.</param>
/// <param name="Running">Whether a run is under way, or broke off with its process.</param>
/// <param name="Held">How many people vanished who were not deactivated, because they are too many; null when nothing is held.</param>
internal sealed record DirectoryState(
    string? Fingerprint, DateTimeOffset? HighWaterMark, DateTimeOffset? ReadAt, DateTimeOffset? FullReadAt, DateTimeOffset? TriedAt, long Runs, int? Held,
    DirectoryRun? LastRun, DirectoryFailure? Failure, DirectoryRequest? Request, bool Running)
{
    public static readonly DirectoryState New = new(null, null, null, null, null, 0, null, null, null, null, false);

    public bool IsDue(DirectoryOptions options, DateTimeOffset now) => Request is not null || TriedAt is null || TriedAt + options.Interval <= now;

    public bool NeedsAll(DirectoryOptions options, DateTimeOffset now) =>
        Request is { Full: true } or { AllowDeactivations: true } || FullReadAt is not { } last || last + options.FullEvery <= now || HighWaterMark is null
        || ReadAt is null || Fingerprint != options.Fingerprint;
}
