namespace AccessGov.Cedar;

/// <summary>JSON that is no policy or policy set, or a policy that nests too deeply to be written as JSON.</summary>
public sealed class PolicyJsonException(string path, string problem, Exception? inner = null) : FormatException($"{path}: {problem}", inner)
{
    /// <summary>
    /// Where the problem is, such as <c>$.conditions[0].body["=="].left</c>; <c>$</c> is the whole. The middle of a path of more than
    /// a hundred steps is left out.
    /// </summary>
    public string Path { get; } = path;

    /// <summary>What is wrong there, in a sentence.</summary>
    public string Problem { get; } = problem;
}
