using System.Globalization;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>What is asked of the server, in the language of its filters (RFC 4515).</summary>
internal static class DirectoryFilter
{
    public static string Of(DirectoryOptions directory, DirectoryQuery query)
    {
        string filter = query.Kind == DirectoryEntryKind.User ? directory.UserFilter : directory.GroupFilter;
        if (query.ChangedSince is not { } since)
        {
            return filter;
        }

        string changed = $"(whenChanged>={Time(since)})";

        // An account that expires is not changed by that: those whose time came meanwhile are asked for as well.
        return query is { Kind: DirectoryEntryKind.User, ExpiredSince: { } expired }
            ? $"(&{filter}(|{changed}(&(accountExpires>={FileTime(expired)})(accountExpires<={FileTime(query.Now)}))))"
            : $"(&{filter}{changed})";
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMddHHmmss'.0Z'", CultureInfo.InvariantCulture);

    /// <summary>A generalised time (RFC 4517, 3.3.13) as directories write it; null for anything else.</summary>
    public static DateTimeOffset? TimeOf(string? text) =>
        DateTimeOffset.TryParseExact(
            text, ["yyyyMMddHHmmss'.0Z'", "yyyyMMddHHmmss'Z'", "yyyyMMddHHmmss.f'Z'", "yyyyMMddHHmmss.fff'Z'"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : null;

    private static string FileTime(DateTimeOffset time) => time.ToFileTime().ToString(CultureInfo.InvariantCulture);
}
