using System.Text.Json;
using AccessGov.DemoHospital.World;

namespace AccessGov.DemoHospital;

/// <summary>
/// Writes the hospital as files: the policies and entities.json for the standalone decision point, requests.jsonl for the service, standalone.jsonl for the
/// standalone one (whose context nobody computes), and a script with which wrk sends either.
/// </summary>
internal static class Emit
{
    private const int RequestsCount = 1_000;

    private static readonly string[] Actions = ["study.view", "study.search", "study.retrieve", "study.read-metadata", "study.annotate"];

    private static readonly string[] Reading = ["study.search", "study.view", "study.read-metadata", "study.retrieve", "worklist.read"];

    private static readonly ILookup<string, string> StudiesByDepartment =
        Hospital.Studies().ToLookup(study => study.Department, study => study.StudyInstanceUid, StringComparer.Ordinal);

    public static async Task RunAsync(string directory, TextWriter output)
    {
        Directory.CreateDirectory(directory);
        foreach (PolicyFile file in PolicyFiles.All().Where(file => file.Name.EndsWith(".cedar", StringComparison.Ordinal)))
        {
            await File.WriteAllTextAsync(Path.Combine(directory, file.Name), file.Text);
        }

        await File.WriteAllTextAsync(Path.Combine(directory, "schema.cedarschema"), PolicyFiles.Schema());
        await File.WriteAllTextAsync(Path.Combine(directory, "custom-roles.cedar"), string.Concat(Roles.All.Select(CustomRole)));
        await using (FileStream entities = File.Create(Path.Combine(directory, "entities.json")))
        {
            StandaloneEntities.Write(entities);
        }

        Evaluation[] requests = [.. Enumerable.Range(0, RequestsCount).Select(Request)];
        await WriteLinesAsync(Path.Combine(directory, "requests.jsonl"), requests);
        await WriteLinesAsync(Path.Combine(directory, "standalone.jsonl"), requests.Select(request => request with { Context = StandaloneEntities.Context(request) }));
        await File.WriteAllTextAsync(Path.Combine(directory, "wrk.lua"), WrkScript);
        await output.WriteLineAsync($"{directory} holds the policies, entities.json, {RequestsCount} requests and wrk.lua");
    }

    /// <summary>Every second person asks about a study of the own department.</summary>
    private static Evaluation Request(int index)
    {
        Person person = Hospital.People[Dice.Roll(Hospital.People.Count, index, 90)];
        string[] near = index % 2 == 0 ? [.. StudiesByDepartment[person.Department]] : [];
        string study = near.Length > 0 ? near[Dice.Roll(near.Length, index, 92)] : Study.UidOf(Dice.Roll(Hospital.StudiesCount, index, 92));
        return new Evaluation(
            new Reference("User", person.Id, new Dictionary<string, string>(StringComparer.Ordinal) { ["department"] = person.Department }),
            new ActionName(Actions[Dice.Roll(Actions.Length, index, 91)]),
            new Reference("Study", study),
            new Dictionary<string, object>(StringComparer.Ordinal) { ["sourceIp"] = $"10.10.{index % 250}.{1 + (index % 200)}", ["assuranceLevel"] = 1 + (index % 2) });
    }

    /// <summary>The policies that the service makes of a custom role's permissions.</summary>
    private static string CustomRole(Role role)
    {
        return Policy("", "Role", role.Permissions) + Policy(":read", "Reader", [.. role.Permissions.Where(Reading.Contains)]);

        string Policy(string suffix, string group, string[] permissions) => permissions.Length == 0 ? "" :
            $"""
            @id("role:{role.Id}{suffix}")
            permit (principal in {group}::"{role.Id}", action in [{string.Join(", ", permissions.Select(permission => $"Action::\"{permission}\""))}], resource);

            """;
    }

    private static Task WriteLinesAsync(string path, IEnumerable<Evaluation> requests) =>
        File.WriteAllLinesAsync(path, requests.Select(request => JsonSerializer.Serialize(request, Json.Options)));

    private const string WrkScript =
        """
        -- wrk -s wrk.lua URL/access/v1/evaluation -- requests.jsonl [ACCESS_TOKEN]
        local bodies, headers, at = {}, { ["Content-Type"] = "application/json" }, 0

        function init(arguments)
          for line in io.lines(arguments[1]) do bodies[#bodies + 1] = line end
          if arguments[2] then headers["Authorization"] = "Bearer " .. arguments[2] end
        end

        function request()
          at = at % #bodies + 1
          return wrk.format("POST", nil, headers, bodies[at])
        end

        """;
}
