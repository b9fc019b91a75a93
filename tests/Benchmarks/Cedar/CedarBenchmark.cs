using System.Text.Json;
using AccessGov.Cedar;

namespace AccessGov.Benchmarks.Cedar;

/// <summary>The policy engine's targets, beside a scan of all policies and beside the official engine.</summary>
internal static class CedarBenchmark
{
    private const int Hierarchies = 20;
    private const double Microsecond = 1_000;
    private const int TimesFaster = 10;
    private const int HospitalTurns = 5;
    private static readonly int[] HospitalDepartments = [5, 100, 300];

    /// <summary>1 when a target is missed.</summary>
    public static int Run()
    {
        string load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
        Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, load average before: {load}");
        using var official = new OfficialEngine();
        official.Install();
        var table = new ResultTable();
        var ours = new Dictionary<OfficialQuestions, Timings>();
        foreach (Scenario scenario in PaperApplications.All(PaperApplications.Sizes, Hierarchies))
        {
            Application(scenario, table);
            Remember(scenario, [.. scenario.Situations.Where((_, i) => i % Hierarchies == 0)], 10, ours, withAllEntities: true);
        }

        Hospital(table, ours);
        Official(official, ours, table);
        Loading(table);
        return table.Print();
    }

    private static void Application(Scenario scenario, ResultTable table)
    {
        // The compiler has its final code for these shapes of policies after this, and the run that counts measures that.
        Reused(scenario, scenario.Situations, 1);
        Timings reused = Reused(scenario, scenario.Situations, 1);
        Timings fresh = Loop(scenario, scenario.Situations, 1, (compiled, request, entities) => compiled.Evaluate(request, entities));
        Timings scan = Loop(scenario, scenario.Situations, 1, (compiled, request, entities) => compiled.EvaluateByScan(request, entities));
        table.Add($"{scenario.Name}, sizes 5 to 50: median", "us", 2, reused.Median / Microsecond);
        table.Add($"{scenario.Name}, sizes 5 to 50: p99", "us", 5, reused.P99 / Microsecond);
        table.Add($"{scenario.Name}: allocated by a call", "bytes", 1, reused.AllocatedPerCall);
        table.Add($"  the same, a new response each: median ({fresh.AllocatedPerCall:N0} bytes)", "us", null, fresh.Median / Microsecond);
        table.Add("  the same, scanning all policies: median", "us", null, scan.Median / Microsecond);
    }

    /// <summary>The sizes take turns, and of each the run with the median of the medians counts: the machine may be slower at one time than at another.</summary>
    private static void Hospital(ResultTable table, Dictionary<OfficialQuestions, Timings> ours)
    {
        Scenario[] scenarios = [.. HospitalDepartments.Select(HospitalScaling.Of)];
        Timings[][] turns = [.. Enumerable.Range(0, HospitalTurns).Select(_ => Array.ConvertAll(scenarios, scenario => Reused(scenario, scenario.Situations, 40)))];
        Timings[] reused = [.. scenarios.Select((_, i) => turns.Select(turn => turn[i]).OrderBy(timings => timings.Median).ElementAt(HospitalTurns / 2))];
        foreach ((Scenario scenario, Timings timings) in scenarios.Zip(reused))
        {
            Timings scan = Loop(scenario, scenario.Situations, 2, (compiled, request, entities) => compiled.EvaluateByScan(request, entities));
            bool isLargest = scenario == scenarios[^1];
            table.Add($"hospital, {scenario.Compiled.Source.Policies.Count:N0} policies: median", "us", isLargest ? 1 : null, timings.Median / Microsecond);
            table.Add("  p99", "us", null, timings.P99 / Microsecond);
            table.Add("  allocated by a call", "bytes", 1, timings.AllocatedPerCall);
            table.Add("  the same, scanning all policies: median", "us", null, scan.Median / Microsecond);
            bool isSmallest = scenario == scenarios[0];
            Remember(scenario, scenario.Situations, isSmallest ? 100 : 20, ours, withAllEntities: isSmallest);
        }

        table.Add("hospital: median at 9,905 policies / at 170", "times", 2, reused[^1].Median / reused[0].Median);
    }

    private static Timings Reused(Scenario scenario, IReadOnlyList<Situation> situations, int rounds)
    {
        var response = new ReusableResponse();
        return Loop(scenario, situations, rounds, (compiled, request, entities) => compiled.Evaluate(request, entities, response));
    }

    private static Timings Loop(
        Scenario scenario, IReadOnlyList<Situation> situations, int rounds, Action<CompiledPolicySet, Request, EntityStore> call)
    {
        CompiledPolicySet compiled = scenario.Compiled;
        return TimedLoop.Run(
            [.. situations.SelectMany(situation => situation.Requests.Select(request => (situation.Entities, Request: request)))], rounds,
            one => call(compiled, one.Request, one.Entities));
    }

    /// <summary>Chooses requests that the official engine gets too, with all entities and with slices, and times ours on the same ones.</summary>
    private static void Remember(
        Scenario scenario, IReadOnlyList<Situation> situations, int requestsEach, Dictionary<OfficialQuestions, Timings> ours, bool withAllEntities)
    {
        Situation[] some = [.. situations.Select(situation => situation with { Requests = situation.Requests[..requestsEach] })];
        (Situation, Request)[] asked = [.. some.SelectMany(situation => situation.Requests.Select(request => (situation, request)))];
        Timings timings = Reused(scenario, some, 20);
        if (withAllEntities)
        {
            ours.Add(new OfficialQuestions(scenario, asked, Sliced: false), timings);
        }

        ours.Add(new OfficialQuestions(scenario, asked, Sliced: true), timings);
    }

    private static void Official(OfficialEngine official, Dictionary<OfficialQuestions, Timings> ours, ResultTable table)
    {
        OfficialQuestions[] questions = [.. ours.Keys];
        foreach ((OfficialQuestions asked, Timings theirs) in questions.Zip(official.Run(questions)))
        {
            string what = $"{asked.Scenario.Name} ({asked.Scenario.Compiled.Source.Policies.Count:N0} policies), {(asked.Sliced ? "slices" : "all entities")}";
            table.Add($"official {official.Version}, {what}: median", "us", null, theirs.Median / Microsecond);
            table.Add($"  ours is faster, on the same {asked.Requests.Count} requests", "times", TimesFaster, theirs.Median / ours[asked].Median, atLeast: true);
        }
    }

    private static void Loading(ResultTable table)
    {
        string policies = HospitalScaling.Policies(303);
        PolicySet parsed = PolicySet.Parse(policies);
        table.Add($"parse {parsed.Policies.Count:N0} policies", "ms", 1_000, TimedLoop.Milliseconds(3, () => PolicySet.Parse(policies)));
        table.Add("  compile and index them", "ms", null, TimedLoop.Milliseconds(3, () => parsed.Compile()));
        var validator = new Validator(HospitalScaling.Schema());
        if (!validator.Validate(parsed, level: 1).IsValid)
        {
            throw new InvalidOperationException("The hospital's policies do not validate.");
        }

        table.Add("  validate them, strictly and at level 1", "ms", 5_000, TimedLoop.Milliseconds(3, () => validator.Validate(parsed, level: 1)));
        byte[] entities = Entities(100_000);
        double load = TimedLoop.Milliseconds(3, () => EntitiesJson.Parse(entities));
        table.Add($"load 100,000 entities from JSON ({entities.Length / 1_000_000.0:N0} MB)", "ms", 1_000, load);
    }

    private static byte[] Entities(int count)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            EntitiesJson.Write(writer, Enumerable.Range(0, count).Select(i => new Entity(
                new EntityUid("User", $"user-{i}"),
                RecordValue.Of(
                    ("name", Value.Of($"Person {i}")), ("level", Value.Of(i % 7)), ("active", Value.Of(i % 3 > 0)),
                    ("boss", new EntityUid("User", $"user-{i / 10}")), ("tags", new SetValue(Value.Of("a"), Value.Of($"t{i % 50}")))),
                i == 0 ? [] : [new EntityUid("User", $"user-{i / 10}"), new EntityUid("Group", $"group-{i % 100}")])));
        }

        return buffer.ToArray();
    }
}
