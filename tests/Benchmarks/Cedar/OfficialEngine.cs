using System.Diagnostics;
using System.Text.Json;
using AccessGov.Cedar;

namespace AccessGov.Benchmarks.Cedar;

/// <summary>Requests for the official engine, either with all entities of their situation or with the slice that each needs.</summary>
internal sealed record OfficialQuestions(Scenario Scenario, IReadOnlyList<(Situation Situation, Request Request)> Requests, bool Sliced);

/// <summary>
/// The official engine, compiled to WebAssembly and published as an npm package: installed into a temporary folder and run by node beside
/// ours. Its policies are parsed beforehand; its entities come with each call, because the package keeps none.
/// </summary>
internal sealed class OfficialEngine : IDisposable
{
    // Deep enough for every policy of the scenarios: github reads an attribute of an attribute.
    private const int Level = 3;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cedar-wasm-");

    /// <summary>What the package calls its version, once it has run.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Installs the package.</summary>
    /// <exception cref="InvalidOperationException">npm failed or is not there.</exception>
    public void Install()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Cedar", "package.json"), Path.Combine(folder.FullName, "package.json"));
        Start("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent", "--prefix", folder.FullName);
    }

    /// <summary>Asks everything and checks each answer against ours; gives the times of each set of questions.</summary>
    /// <exception cref="InvalidOperationException">node failed, or the two engines answer differently.</exception>
    public Timings[] Run(IReadOnlyList<OfficialQuestions> questions)
    {
        string input = Path.Combine(folder.FullName, "questions.json");
        string output = Path.Combine(folder.FullName, "answers.json");
        using (FileStream file = File.Create(input))
        using (var writer = new Utf8JsonWriter(file))
        {
            writer.WriteStartArray();
            foreach (OfficialQuestions asked in questions)
            {
                Write(writer, asked);
            }

            writer.WriteEndArray();
        }

        Start("node", "--max-old-space-size=3000", Path.Combine(AppContext.BaseDirectory, "Cedar", "official-engine.cjs"), folder.FullName, input, output);
        using JsonDocument answers = JsonDocument.Parse(File.ReadAllBytes(output));
        Version = answers.RootElement.GetProperty("version").GetString()!;
        return [.. answers.RootElement.GetProperty("answers").EnumerateArray().Zip(questions, Read)];
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static void Write(Utf8JsonWriter writer, OfficialQuestions asked)
    {
        writer.WriteStartObject();
        writer.WriteString("policies", asked.Scenario.Policies);
        writer.WriteNumber("warmUpMilliseconds", 500);
        Situation[] situations = [.. asked.Requests.Select(one => one.Situation).Distinct()];
        writer.WriteStartArray("entities");
        foreach (EntityStore store in asked.Sliced
            ? asked.Requests.Select(one => EntitySlice.AtLevel(one.Situation.Entities, one.Request, Level))
            : situations.Select(situation => situation.Entities))
        {
            EntitiesJson.Write(writer, store.Entities);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("requests");
        for (int i = 0; i < asked.Requests.Count; i++)
        {
            Request request = asked.Requests[i].Request;
            writer.WriteStartObject();
            Write(writer, "principal", request.Principal);
            Write(writer, "action", request.Action);
            Write(writer, "resource", request.Resource);
            writer.WriteNumber("entities", asked.Sliced ? i : Array.IndexOf(situations, asked.Requests[i].Situation));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, EntityUid uid)
    {
        writer.WriteStartObject(name);
        writer.WriteString("type", uid.Type);
        writer.WriteString("id", uid.Id);
        writer.WriteEndObject();
    }

    private static Timings Read(JsonElement answers, OfficialQuestions asked)
    {
        var times = new List<double>();
        foreach ((JsonElement answer, (Situation situation, Request request)) in answers.EnumerateArray().Zip(asked.Requests))
        {
            Response ours = asked.Scenario.Compiled.Evaluate(request, situation.Entities);
            string expected = $"{ours.Decision} {Sorted(ours.Reasons)} {Sorted(ours.Errors.Select(error => error.Policy))}".ToLowerInvariant();
            string official = $"{answer.GetProperty("decision").GetString()} {Texts(answer, "reasons")} {Texts(answer, "errors")}";
            if (expected != official)
            {
                throw new InvalidOperationException($"{asked.Scenario.Name}, {request}: we answer {expected}, the official engine {official}.");
            }

            times.Add(answer.GetProperty("nanoseconds").GetDouble());
        }

        return new Timings([.. times.Order()], double.NaN);
    }

    private static string Sorted(IEnumerable<Policy> policies) => string.Join(',', policies.Select(policy => policy.Id).Order(StringComparer.Ordinal));

    private static string Texts(JsonElement answer, string name) => string.Join(',', answer.GetProperty(name).EnumerateArray().Select(id => id.GetString()));

    private static void Start(string program, params IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })
            ?? throw new InvalidOperationException($"{program} does not start.");
        string complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {complaint}");
        }
    }
}
