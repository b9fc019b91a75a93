namespace AccessGov.Console.Pages.Audit;

/// <summary>
/// A checkpoint of the trail (c2sp.org/tlog-checkpoint), read to be shown; whoever wants to rely on it checks it themselves.
/// </summary>
/// <param name="Origin">Which trail.</param>
/// <param name="Size">How many entries it has.</param>
/// <param name="Root">The root of the tree over them, in base64.</param>
/// <param name="Signers">The names of the keys that signed it; witnesses among them.</param>
internal sealed record TrailCheckpoint(string Origin, long Size, string Root, IReadOnlyList<string> Signers)
{
    private const string SignatureSign = "— ";

    /// <summary>Null when the text is no checkpoint.</summary>
    public static TrailCheckpoint? Read(string text)
    {
        string[] lines = text.Split('\n');
        return lines.Length < 4 || !long.TryParse(lines[1], out long size)
            ? null
            : new TrailCheckpoint(lines[0], size, lines[2],
                [.. lines.Where(line => line.StartsWith(SignatureSign, StringComparison.Ordinal)).Select(line => line.Split(' ')[1])]);
    }
}
