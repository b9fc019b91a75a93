namespace AccessGov.Cedar.Tests.Conformance;

/// <summary>Where the public conformance data lies: ACCESSGOV_CONFORMANCE, or shared/conformance beside the repository.</summary>
internal static class ConformanceData
{
    public const string Missing = "No conformance data: set ACCESSGOV_CONFORMANCE or put shared/conformance beside the repository.";

    public static string? Cedar { get; } = Find();

    public static string PathOf(string relative) => Path.Combine(Cedar ?? throw new InvalidOperationException(Missing), relative);

    private static string? Find() => Existing(
        Environment.GetEnvironmentVariable("ACCESSGOV_CONFORMANCE") is { Length: > 0 } configured
            ? configured
            : WorkingCopy.PathOf("..", "shared", "conformance"));

    private static string? Existing(string conformance)
    {
        string cedar = Path.Combine(conformance, "cedar");
        return Directory.Exists(cedar) ? cedar : null;
    }
}

/// <summary>A test that is reported as skipped where there is no conformance data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute() => Skip = ConformanceData.Cedar is null ? ConformanceData.Missing : null!;
}
