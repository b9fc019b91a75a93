using System.Globalization;

namespace AccessGov.Cedar.Tests.Differential;

/// <summary>Which random cases are compared: ACCESSGOV_DIFFERENTIAL_SEEDS, as in <c>1000..1999</c>, or those of every run.</summary>
internal static class Seeds
{
    public const string Variable = "ACCESSGOV_DIFFERENTIAL_SEEDS";
    private const string Default = "0..99";

    private static readonly string? Chosen = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set : null;

    /// <summary>Whether nobody chose: only of these is it known how much of each kind there is.</summary>
    public static bool AreDefault => Chosen is null;

    public static int First => Bound(0);

    public static int Last => Bound(^1);

    private static int Bound(Index which) => int.Parse((Chosen ?? Default).Split("..")[which], CultureInfo.InvariantCulture);
}
