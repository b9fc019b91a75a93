using System.Globalization;

namespace AccessGov.Console.Pages.EmergencyCases;

/// <summary>Instants in fields of forms, which pages say are UTC.</summary>
internal static class UtcMinute
{
    /// <summary>As a browser's field holds it.</summary>
    public static string Field(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    /// <summary>As services take it: a browser sends 2026-11-26T18:30.</summary>
    public static string? Sent(string? given) => given is { Length: 16 } ? $"{given}Z" : given;
}
