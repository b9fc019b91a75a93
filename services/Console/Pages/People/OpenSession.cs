namespace AccessGov.Console.Pages.People;

/// <summary>A session that is open at IdentityFederation.</summary>
/// <param name="Current">Whether whoever asks is in it.</param>
/// <param name="Address">The network address.</param>
/// <param name="Inside">Whether that is in one of the hospital's networks.</param>
/// <param name="UserAgent">What the browser says it is.</param>
internal sealed record OpenSession(
    string Id, bool Current, DateTimeOffset StartedAt, DateTimeOffset LastSeen, DateTimeOffset EndsAt, string Address, bool Inside,
    string? UserAgent, string? Provider)
{
    public sealed record Page(IReadOnlyList<OpenSession> Sessions);

    /// <summary>What the person signed in at, in a few words; browsers say much more about themselves than helps.</summary>
    public string Device
    {
        get
        {
            string agent = UserAgent ?? "";
            string? browser = Named(
                agent, ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"));
            string? system = Named(
                agent, ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Macintosh", "macOS"),
                ("Linux", "Linux"));
            return (browser, system) switch
            {
                (not null, not null) => $"{browser} on {system}",
                (not null, null) => browser,
                _ => agent.Length > 0 ? agent : "A browser that does not say what it is",
            };
        }
    }

    /// <summary>Since when, by which a session is told from the others.</summary>
    public string Since => $"{StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC";

    /// <summary>Where from.</summary>
    public string Network => $"{Address}, {(Inside ? "inside the hospital" : "outside the hospital")}";

    private static string? Named(string agent, params ReadOnlySpan<(string Part, string Name)> known)
    {
        foreach ((string part, string name) in known)
        {
            if (agent.Contains(part, StringComparison.Ordinal))
            {
                return name;
            }
        }

        return null;
    }
}
