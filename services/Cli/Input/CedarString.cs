namespace AccessGov.Cli;

/// <summary>A string in quotation marks as Cedar writes it. An entity's uid is what the library writes and reads one in.</summary>
internal static class CedarString
{
    private const string Before = "::";

    public static string Quote(string text) => new EntityUid("", text).ToString()[Before.Length..];

    /// <summary>What the quotation marks hold, or null where they hold no string.</summary>
    public static string? Read(string quoted) => EntityUid.TryParse($"Key{Before}{quoted}", out EntityUid? uid) ? uid.Id : null;
}
