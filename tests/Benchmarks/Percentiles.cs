namespace AccessGov.Benchmarks;

/// <summary>The value below which a part of the measured ones lie.</summary>
internal static class Percentiles
{
    /// <param name="values">What was measured; at least one.</param>
    /// <param name="part">From 0 to 1.</param>
    public static double Of(IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
    }
}
