using System.IO.Enumeration;

namespace AccessGov.Cli;

/// <summary>The files in a folder and everywhere below it. Links are followed, and each folder is visited once however many ways lead to it.</summary>
internal sealed class FolderWalk
{
    private readonly HashSet<string> visited = new(StringComparer.Ordinal);
    private readonly Stack<(string Path, string Real)> folders = [];
    private readonly Queue<(string Path, string Real)> links = [];

    private FolderWalk(string root) => folders.Push((root, Real(Path.GetPathRoot(Path.GetFullPath(root))!, Path.GetFullPath(root))));

    /// <summary>The files whose names match one of <paramref name="patterns"/>, in capitals too, ordered by path.</summary>
    /// <exception cref="InputException">Some folder cannot be read.</exception>
    public static IReadOnlyList<string> Files(string root, params string[] patterns)
    {
        var walk = new FolderWalk(root);
        var files = new List<string>();
        while (walk.Next() is { } folder)
        {
            files.AddRange(walk.Matching(folder.Path, folder.Real, patterns));
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>The same of one folder alone.</summary>
    /// <exception cref="InputException">The folder cannot be read.</exception>
    public static IReadOnlyList<string> FilesBeside(string folder, params string[] patterns) =>
        [.. new FolderWalk(folder).Matching(folder, folder, patterns).Order(StringComparer.Ordinal)];

    private IEnumerable<string> Matching(string folder, string real, string[] patterns)
    {
        try
        {
            return [.. FilesIn(folder, real).Where(file => Array.Exists(patterns, pattern => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(file), ignoreCase: true)))];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder}: cannot be read: {unreadable.Message}");
        }
    }

    // Links come last, so that a folder is named by its own path where it has one below the root.
    private (string Path, string Real)? Next()
    {
        while (folders.TryPop(out (string Path, string Real) next) || links.TryDequeue(out next))
        {
            if (visited.Add(next.Real))
            {
                return next;
            }
        }

        return null;
    }

    private List<string> FilesIn(string folder, string real)
    {
        var files = new List<string>();
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            string path = Path.Combine(folder, entry.Name);
            if (entry is not DirectoryInfo)
            {
                files.Add(path);
            }
            else if (entry.LinkTarget is { } target)
            {
                links.Enqueue((path, Real(real, target)));
            }
            else
            {
                folders.Push((path, Path.Combine(real, entry.Name)));
            }
        }

        return files;
    }

    // One name after the other, as the system does it: `..` behind a link leaves the folder that the link leads to. The folder exists, so this ends.
    private static string Real(string from, string path)
    {
        string real = Path.IsPathRooted(path) ? Path.GetPathRoot(path)! : from;
        foreach (string name in path[(Path.IsPathRooted(path) ? real.Length : 0)..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(real, name);
            real = name switch
            {
                "." => real,
                ".." => Path.GetDirectoryName(real) ?? real,
                _ => new DirectoryInfo(next).LinkTarget is { } target ? Real(real, target) : next,
            };
        }

        return real;
    }
}
