using System.Diagnostics;
using System.Text.Json;
using AccessGov.Testing;

namespace AccessGov.Benchmarks.Search;

/// <summary>Searches and batches against their targets: the shipped policies, 2,000 people with four grants each, and 20,000 studies, 5,000 of them of one department.</summary>
internal static class SearchBenchmark
{
    private const int People = 2_000;
    private const int Studies = 20_000;
    private const int DepartmentStudies = 5_000;
    private const int WarmUps = 30;
    private const int Runs = 40;

    private static readonly object Context = new { sourceIp = "10.10.1.2", assuranceLevel = 2, purposeOfUse = "TREAT" };

    public static async Task<int> RunAsync()
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, load average before: {(File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown")}");
        await using ServiceUnderLoad service = await ServiceUnderLoad.StartAsync();
        await LoadAsync(service);
        var results = new ResultTable();
        object radiologist = new { type = "User", id = "radiologist" }, view = new { name = "study.view" };
        JsonElement first = default;
        await MeasureAsync($"resource search over {DepartmentStudies:N0} studies of a department, first page of 1,000", 50, "search/resource",
            new { subject = radiologist, action = view, resource = new { type = "Study" }, context = Context }, answer => first = answer);
        Expect(first.GetProperty("page").GetProperty("total").GetInt32() == DepartmentStudies, "every study of the department is found");

        await MeasureAsync("  a later page of it", null, "search/resource", new
        {
            subject = radiologist, action = view, resource = new { type = "Study" }, context = Context, page = new { token = first.GetProperty("page").GetProperty("next_token").GetString() },
        });
        await MeasureAsync($"subject search among {People + 1:N0} people", null, "search/subject",
            new { subject = new { type = "User" }, action = view, resource = new { type = "Study", id = Uid(1) }, context = Context });
        await MeasureAsync("action search", null, "search/action", new { subject = radiologist, resource = new { type = "Study", id = Uid(1) }, context = Context });
        await MeasureAsync("batch of 1,000 evaluations", 20, "evaluations", new
        {
            subject = radiologist, action = view, context = Context,
            evaluations = Enumerable.Range(0, 1_000).Select(i => new { resource = new { type = "Study", id = Uid(i * 7) } }),
        });
        return results.Print();

        async Task MeasureAsync(string what, double? target, string path, object body, Action<JsonElement>? look = null)
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web);
            double[] times = new double[Runs];
            TimeSpan worked = default;
            for (int run = -WarmUps; run < Runs; run++)
            {
                worked = run == 0 ? Environment.CpuUsage.TotalTime : worked;
                long start = Stopwatch.GetTimestamp();
                JsonElement answer = await service.SendAsync(HttpMethod.Post, $"/access/v1/{path}", json);
                times[Math.Max(0, run)] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                look?.Invoke(answer);
            }

            // What a busy machine's waits do not lengthen; PostgreSQL's part is not in it.
            double processor = (Environment.CpuUsage.TotalTime - worked).TotalMilliseconds / Runs;
            Array.Sort(times);
            results.Add($"{what}, median", "ms", target, times[Runs / 2]);
            results.Add("  processor time of service and client together", "ms", null, processor);
        }
    }

    /// <summary>The hospital that is searched.</summary>
    public static async Task LoadAsync(ServiceUnderLoad service)
    {
        string folder = WorkingCopy.PathOf("deploy", "policies");
        await service.SendAsync(HttpMethod.Post, "/policy-sets/hospital/versions", new
        {
            files = PolicyFiles(folder).Select(file => new { name = Path.GetFileName(file), text = File.ReadAllText(file) }),
            comment = "The shipped set.",
        });
        string[] roles = ["radiologist", "radiology-technologist", "billing-staff", "referring-physician"];
        foreach (string role in roles)
        {
            await service.SendAsync(HttpMethod.Put, $"/roles/{role}", new { description = role });
        }

        await service.SendAsync(HttpMethod.Put, "/sites/north", new
        {
            name = "North", timeZone = "UTC", workingHours = new[] { new { days = new[] { 1, 2, 3, 4, 5, 6, 7 }, start = "00:00", end = "24:00" } },
            networks = new[] { new { name = "wards", cidr = "10.10.0.0/16" } }, departments = Enumerable.Range(0, 10).Select(i => new { id = $"department-{i}", name = "Radiology" }),
        });
        object[] grants =
        [
            Grant("radiologist", "radiologist", "department-0"),
            .. Enumerable.Range(0, People).SelectMany(person => roles.Select((role, i) => Grant($"person-{person}", role, $"department-{(person + i) % 10}"))),
        ];
        await ImportAsync("grants", grants);
        await ImportAsync("studies", [.. Enumerable.Range(0, Studies).Select(i => (object)new
        {
            studyInstanceUid = Uid(i), patientId = $"P{i / 3}", department = i < DepartmentStudies ? "department-0" : $"department-{1 + (i % 9)}",
            modality = new[] { "CT", "SR" }, labels = i % 10 == 0 ? (string[])["vip"] : [], finalized = i % 2 == 0, studyDate = "20260301",
        })]);

        async Task ImportAsync(string kind, object[] items)
        {
            foreach (object[] batch in items.Chunk(4_000))
            {
                JsonElement answer = await service.SendAsync(HttpMethod.Post, $"/{kind}/import", new Dictionary<string, object>(StringComparer.Ordinal) { [kind] = batch });
                Expect(answer.GetProperty("refused").GetInt32() == 0, $"all {kind} are taken");
            }
        }
    }

    public static IEnumerable<string> PolicyFiles(string folder) =>
        [.. Directory.GetFiles(folder, "*.cedar"), .. Directory.GetFiles(folder, "*.obligations"), Path.Combine(folder, "actions.json"), Path.Combine(folder, "obligations.json")];

    private static object Grant(string subject, string role, string department) =>
        new { subjectId = subject, role, scope = new { kind = "department", id = department }, reason = "bench" };

    public static string Uid(int number) => $"1.2.826.0.1.3680043.10.1.{number}";

    public static void Expect(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Not so: {what}.");
        }
    }
}
