using System.Text.Json;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Standalone;

/// <summary>What a data directory says: the policies of all *.cedar files (in the order of their names) and the entities of entities.json.</summary>
/// <param name="Findings">What is questionable about the policies, a line each: what the validator says where there is a schema, and doubled ids.</param>
internal sealed record DataSet(CompiledPolicySet Policies, EntityStore Entities, IReadOnlyList<string> Findings, string Fingerprint);

/// <summary>Reads a data directory, and reads it again when it has changed. A state that cannot be read leaves the one before it in force.</summary>
internal sealed class DataDirectory
{
    private const string EntitiesFile = "entities.json";
    private const string SchemaFile = "schema.cedarschema";

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
            Schema? schema = Optional(path, SchemaFile) is { } text ? Schema.Parse(System.Text.Encoding.UTF8.GetString(text), SchemaFile) : null;
            return new DataSet(policies.Compile(), Entities(path, schema), Findings(policies, schema), fingerprint);
        }
        catch (PolicySyntaxException problem)
        {
            throw new DataDirectoryException(string.Join('\n', problem.Errors.Select(error => error.ToString())), problem);
        }
        catch (SchemaException problem)
        {
            throw new DataDirectoryException(problem.Message, problem);
        }
        catch (Exception problem) when (problem is ConformanceException or EntityDataException or FormatException or JsonException)
        {
            throw new DataDirectoryException($"{EntitiesFile}{Place(problem as JsonException ?? problem.InnerException as JsonException)}: {problem.Message}", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException(problem.Message, problem);
        }
    }

    private static string Place(JsonException? malformed) =>
        malformed is { LineNumber: { } line, BytePositionInLine: { } column } ? $":{line + 1}:{column + 1}" : "";

    // With a schema the entities are checked and the actions with their groups are the schema's.
    private static EntityStore Entities(string path, Schema? schema) => (Optional(path, EntitiesFile), schema) switch
    {
        ({ } json, { } known) => EntitiesJson.Parse(json, known),
        ({ } json, null) => EntitiesJson.Parse(json),
        (null, { } known) => EntityStore.Create(known.ActionEntities),
        _ => EntityStore.Empty,
    };

    // What is found here decides all the same, as it would in the official engine; whoever wrote it is told.
    private static string[] Findings(PolicySet policies, Schema? schema)
    {
        IEnumerable<string> doubled = policies.Policies.GroupBy(StrictMode.IdOf, StringComparer.Ordinal).SelectMany(
            same => same.Skip(1).Select(policy => $"warning: {policy.Position}: another policy has @id(\"{same.Key}\") already; answers cannot tell them apart."));
        if (schema is null)
        {
            return [.. doubled];
        }

        ValidationResult validation = new Validator(schema).Validate(policies);
        return [.. validation.Errors.Select(error => $"error: {error}"), .. validation.Warnings.Select(warning => $"warning: {warning}"), .. doubled];
    }

    private static byte[]? Optional(string path, string file) =>
        Path.Combine(path, file) is var whole && File.Exists(whole) ? File.ReadAllBytes(whole) : null;

    private static string[] PolicyFiles(string path) =>
        [.. Directory.GetFiles(path, "*.cedar").Order(StringComparer.Ordinal)];

    private static string Fingerprint(string path)
    {
        // Names, sizes and times, not contents: this is asked several times a second.
        IEnumerable<FileInfo> files = PolicyFiles(path).Append(Path.Combine(path, EntitiesFile)).Append(Path.Combine(path, SchemaFile))
            .Select(file => new FileInfo(file)).Where(file => file.Exists);
        return string.Join('\n', files.Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
    }
}

/// <summary>A data directory that cannot be read.</summary>
internal sealed class DataDirectoryException(string message, Exception inner) : Exception(message, inner);
