namespace AccessGov.IdentityFederation.Directories;

/// <summary>What is asked for.</summary>
internal enum DirectoryEntryKind
{
    User,
    Group,
}

/// <param name="Kind">People or groups.</param>
/// <param name="ChangedSince">Those only that changed since; all when null.</param>
/// <param name="ExpiredSince">With those that changed: those whose account expired since then.</param>
/// <param name="Now">The time.</param>
internal sealed record DirectoryQuery(DirectoryEntryKind Kind, DateTimeOffset? ChangedSince, DateTimeOffset? ExpiredSince, DateTimeOffset Now);

/// <summary>What a directory holds under one name.</summary>
/// <param name="DistinguishedName">Its name, which changes when it is renamed or moved.</param>
/// <param name="ObjectGuid">Its identity, which never changes.</param>
/// <param name="WhenChanged">When this server heard of its last change.</param>
/// <param name="Attributes">Its other attributes, by their names in any case.</param>
internal sealed record DirectoryEntry(
    string DistinguishedName, Guid ObjectGuid, DateTimeOffset WhenChanged, IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes)
{
    public string ExternalId => ObjectGuid.ToString("D");

    public string? First(string attribute) => All(attribute) is [{ } first, ..] && !string.IsNullOrWhiteSpace(first) ? first.Trim() : null;

    public IReadOnlyList<string> All(string attribute) => Attributes.GetValueOrDefault(attribute) ?? [];
}

/// <summary>Where people and groups are read from: a server, or what a test makes up.</summary>
internal interface IDirectorySource
{
    /// <summary>All entries that the query asks for; never a part of them.</summary>
    /// <exception cref="DirectoryUnavailableException">Not all of them could be read.</exception>
    Task<IReadOnlyList<DirectoryEntry>> ReadAsync(DirectoryOptions directory, DirectoryQuery query, CancellationToken cancellation);
}

/// <summary>A directory could not be read to its end: nothing follows from what is missing.</summary>
/// <param name="code">A stable code.</param>
/// <param name="sentence">What is wrong, without names of people.</param>
/// <param name="cause">What the library says.</param>
internal sealed class DirectoryUnavailableException(string code, string sentence, Exception? cause = null) : Exception(sentence, cause)
{
    public string Code { get; } = code;
}
