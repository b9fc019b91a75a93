using Xunit;

namespace AccessGov.Testing;

/// <summary>
/// A test that makes a network namespace. Where that is not allowed it is skipped; where ACCESSGOV_NETWORKS is <c>required</c>, as
/// deploy/test makes it on a machine that allows it, it runs and fails: a cut cable that nobody has tried does not go by in silence.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SeparateNetworkFactAttribute : FactAttribute
{
    /// <summary><c>required</c> makes a machine that does not allow it a failure.</summary>
    public const string ModeVariable = "ACCESSGOV_NETWORKS";

    private const string Missing =
        $"Needs the program ip and the right to make network namespaces (root). {ModeVariable}=optional deploy/test skips what needs it.";

    private static readonly Lazy<bool> Allowed = new(SeparateNetwork.IsAllowed);

    /// <summary>Skips the test, or not.</summary>
    public SeparateNetworkFactAttribute() => Skip = ReasonToSkip(Allowed.Value, Environment.GetEnvironmentVariable(ModeVariable))!;

    /// <summary>Why a test is skipped; null when it runs.</summary>
    public static string? ReasonToSkip(bool allowed, string? mode) => allowed || mode is "required" ? null : Missing;
}
