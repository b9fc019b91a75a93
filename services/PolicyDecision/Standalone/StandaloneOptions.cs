using System.Globalization;

namespace AccessGov.PolicyDecision.Standalone;

/// <summary>How the decision point runs alone: <c>--standalone --data DIR --port N [--mode strict|cedar]</c>.</summary>
internal sealed record StandaloneOptions(string DataDirectory, int Port, bool Strict)
{
    public const string Usage = "Usage: --standalone --data DIR --port N [--mode strict|cedar]";

    public static bool IsAsked(string[] arguments) => arguments.Contains("--standalone", StringComparer.Ordinal);

    /// <summary>Answers null and what is wrong when the arguments cannot be used.</summary>
    public static StandaloneOptions? Read(string[] arguments, out string error)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (string.Equals(arguments[i], "--standalone", StringComparison.Ordinal))
            {
                continue;
            }

            if (arguments[i] is not ("--data" or "--port" or "--mode") || i + 1 == arguments.Length || !values.TryAdd(arguments[i], arguments[++i]))
            {
                error = $"'{arguments[i]}' is not understood. {Usage}";
                return null;
            }
        }

        string mode = values.GetValueOrDefault("--mode", "strict");
        error = !values.TryGetValue("--data", out string? directory) ? $"--data is missing. {Usage}"
            : !Directory.Exists(directory) ? $"The directory {directory} does not exist."
            : !int.TryParse(values.GetValueOrDefault("--port"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) || given > 65_535
                ? $"--port must be a number from 0 (any free port) to 65535. {Usage}"
            : mode is not ("strict" or "cedar") ? $"--mode must be strict or cedar. {Usage}"
            : "";
        return error.Length > 0
            ? null
            : new StandaloneOptions(directory!, int.Parse(values["--port"], CultureInfo.InvariantCulture), string.Equals(mode, "strict", StringComparison.Ordinal));
    }
}
