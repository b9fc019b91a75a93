using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>Runs every test below a folder. What is no test is passed over in silence only where that is plain to see.</summary>
internal sealed class ConformanceRun(string folder, Terminal terminal)
{
    private static readonly string[] Archives = ["*.tar.gz", "*.tgz", "*.tar", "*.zip"];

    // A schema may nest deeper than any test, and is to be passed over.
    private const int DepthMax = 4_000;

    private readonly string root = Path.GetFullPath(folder);
    private readonly ConformanceTally tally = new();

    public ConformanceTally All(bool forcesProgress)
    {
        ILookup<bool, string> found = FolderWalk.Files(folder, ["*.json", .. Archives]).ToLookup(path => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase));
        string[] files = [.. found[true]];
        using var progress = new ProgressLine(terminal, forcesProgress, "files", files.Length);
        for (int i = 0; i < files.Length; i++)
        {
            RunFile(files[i], Path.GetRelativePath(folder, files[i]));
            progress.Report(i + 1);
        }

        foreach (string archive in found[false])
        {
            tally.Archives.Add(Path.GetRelativePath(folder, archive));
        }

        return tally;
    }

    private void RunFile(string path, string name)
    {
        bool isTest = false;
        try
        {
            InputFile file = InputFile.Read(path, terminal) with { Name = name };
            if (IsOfMac(file))
            {
                return;
            }

            isTest = file.Content.AsSpan().IndexOf("\"requests\""u8) >= 0;

            // Entities are arrays; most files of a corpus need no closer look.
            if (file.IsJsonArray)
            {
                return;
            }

            using JsonDocument document = Parse(file);
            if (!ConformanceTest.IsTest(document.RootElement, out string? missing))
            {
                return;
            }

            isTest = true;
            if (missing is not null)
            {
                throw new InputException(missing);
            }

            new ConformanceTest(InputDocument.PlaceIn(name, file.Json()), document.RootElement, Open, tally).Run();
        }
        catch (InputException refused) when (isTest)
        {
            Unreadable(name, refused.In(name));
        }
        catch (InputException refused)
        {
            // It may have been a test: what it would have asked is lost, and nobody may take that for agreement.
            tally.Skipped.Add((name, refused.In(name)));
        }
    }

    // A Mac packs such a file beside each that it packs; one of the same name that begins as JSON is somebody's.
    private static bool IsOfMac(InputFile file) => Path.GetFileName(file.Name).StartsWith("._", StringComparison.Ordinal) && !file.IsJson;

    private static JsonDocument Parse(InputFile file)
    {
        ReadOnlyMemory<byte> utf8 = file.Json();
        try
        {
            JsonSyntax.CheckDepth(file.Name, utf8, DepthMax);
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = DepthMax });
        }
        catch (JsonException refused)
        {
            throw JsonSyntax.Malformed(file.Name, utf8, refused, "any JSON");
        }
    }

    // How much it would have asked nobody knows; that its decision and verdict are missing counts all the same.
    private void Unreadable(string name, string why)
    {
        tally.Tests++;
        tally.Decisions.Add(agrees: false);
        tally.Validation.Add(agrees: false);
        tally.Disagree(name, $"the test cannot be read: {why}");
    }

    private InputFile Open(string inner)
    {
        string path;
        try
        {
            path = Path.GetFullPath(Path.Combine(root, inner));
        }
        catch (ArgumentException)
        {
            throw new InputException($"{inner}: this is no path of a file.");
        }

        return path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? InputFile.Read(path, terminal) with { Name = inner }
            : throw new InputException($"{inner}: this leads out of the folder of the tests.");
    }
}
