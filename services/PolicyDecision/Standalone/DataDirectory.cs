using AccessGov.Cedar;

namespace AccessGov.PolicyDecision.Standalone;

/// <summary>What a data directory says: the policies of all *.cedar files (in the order of their names) and the entities of entities.json.</summary>
internal sealed record DataSet(CompiledPolicySet Policies, EntityStore Entities, string Fingerprint);

/// <summary>Reads a data directory, and reads it again when it has changed. A state that cannot be read leaves the one before it in force.</summary>
internal sealed class DataDirectory
{
    private const string EntitiesFile = "entities.json";

    private readonly string path;
    private volatile DataSet current;
    private string fingerprintSeen;

    private DataDirectory(string path, DataSet current)
    {
        this.path = path;
        this.current = current;
        fingerprintSeen = current.Fingerprint;
    }

    public DataSet Current => current;

    /// <summary>What is wrong with the newest state of the directory; null when it is in force.</summary>
    public string? Problem { get; private set; }

    /// <exception cref="DataDirectoryException">The directory cannot be read: the message names file, line and column.</exception>
    public static DataDirectory Open(string path) => new(path, Load(path));

    /// <summary>Takes over a changed directory. True when something new was read, well or badly; then <see cref="Problem"/> says which.</summary>
    public bool Refresh()
    {
        string fingerprint;
        try
        {
            fingerprint = Fingerprint(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            bool isNew = Problem is null;
            Problem = failure.Message;
            return isNew;
        }

        if (string.Equals(fingerprint, fingerprintSeen, StringComparison.Ordinal))
        {
            return false;
        }

        fingerprintSeen = fingerprint;
        try
        {
            current = Load(path);
            Problem = null;
        }
        catch (DataDirectoryException problem)
        {
            Problem = problem.Message;
        }

        return true;
    }

    private static DataSet Load(string path)
    {
        try
        {
            string fingerprint = Fingerprint(path);
            PolicySet policies = PolicySet.Parse(PolicyFiles(path).Select(file => (Path.GetFileName(file), File.ReadAllText(file))));
            string entitiesPath = Path.Combine(path, EntitiesFile);
            EntityStore entities = File.Exists(entitiesPath) ? EntitiesJson.Parse(File.ReadAllBytes(entitiesPath)) : EntityStore.Empty;
            return new DataSet(policies.Compile(), entities, fingerprint);
        }
        catch (PolicySyntaxException problem)
        {
            throw new DataDirectoryException(string.Join('\n', problem.Errors.Select(error => error.ToString())), problem);
        }
        catch (Exception problem) when (problem is EntityDataException or FormatException or System.Text.Json.JsonException)
        {
            throw new DataDirectoryException($"{EntitiesFile}: {problem.Message}", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException(problem.Message, problem);
        }
    }

    private static string[] PolicyFiles(string path) =>
        [.. Directory.GetFiles(path, "*.cedar").Order(StringComparer.Ordinal)];

    private static string Fingerprint(string path)
    {
        // Names, sizes and times, not contents: this is asked several times a second.
        IEnumerable<FileInfo> files = PolicyFiles(path).Append(Path.Combine(path, EntitiesFile)).Select(file => new FileInfo(file)).Where(file => file.Exists);
        return string.Join('\n', files.Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
    }
}

/// <summary>A data directory that cannot be read.</summary>
internal sealed class DataDirectoryException(string message, Exception inner) : Exception(message, inner);
