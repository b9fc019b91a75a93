using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AccessGov.Testing;

namespace AccessGov.Benchmarks.Identity;

/// <summary>
/// People leave while a thousand decisions are asked for each second: how long after the provisioning system has its answer they are permitted anything still, and
/// their tokens are taken.
/// </summary>
internal sealed class LeaverBenchmark : IDisposable
{
    private const int Leavers = 40;
    private const int DecisionsPerSecond = 1_000;
    private const int Askers = 20;
    private const string Study = "2.25.318447120955402000000";

    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(2);

    private readonly AccessGovProcesses services = new();
    private readonly HttpClient pacs = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly HttpClient scim = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly HttpClient plain = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly ConcurrentDictionary<string, long> lastPermit = new(StringComparer.Ordinal);
    private volatile string present = "";
    private long decisions;

    public static async Task<int> RunAsync()
    {
        using var benchmark = new LeaverBenchmark();
        try
        {
            return await benchmark.MeasureAsync();
        }
        finally
        {
            await benchmark.services.DisposeAsync();
        }
    }

    public void Dispose()
    {
        pacs.Dispose();
        scim.Dispose();
        plain.Dispose();
    }

    private async Task<int> MeasureAsync()
    {
        await services.StartAsync(new Uri("http://127.0.0.1:7000"));
        await services.LoadDemoHospitalAsync();
        string[] people = [.. Enumerable.Range(1, Leavers).Select(number => $"leaver-{number}")];
        await services.EnrolAsync(app: false, people);
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string person in people)
        {
            await services.SendAsync(HttpMethod.Post, "grants", new { subjectId = person, role = "radiologist", scope = new { kind = "everywhere" }, reason = "Reads here." });
            tokens[person] = await services.TokenAsync("policy-desk", person, "openid", "facts.read");
        }

        pacs.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await services.TokenAsync("pacs"));
        scim.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await services.TokenAsync("provisioning"));
        using var stop = new CancellationTokenSource();
        Task[] load = [.. Enumerable.Range(0, Askers).Select(asker => AskAsync(asker, stop.Token))];
        await Task.Delay(TimeSpan.FromSeconds(5));
        long began = Stopwatch.GetTimestamp(), before = Interlocked.Read(ref decisions);
        List<double> permitted = [], taken = [];
        int alive = 0;
        foreach (string person in people)
        {
            present = person;
            await Task.Delay(TimeSpan.FromSeconds(0.5));
            if (lastPermit.GetValueOrDefault(person) == 0)
            {
                throw new InvalidOperationException($"{person} is not permitted anything before they leave.");
            }

            long answered = await LeaveAsync(person);
            alive += await StatusAsync(new Uri(services.IdentityFederation, "oauth/userinfo"), tokens[person]) == HttpStatusCode.OK ? 1 : 0;
            taken.Add(await TakenForAsync(tokens[person], answered));
            await Task.Delay(Watched);
            permitted.Add(Math.Max(0, Stopwatch.GetElapsedTime(answered, lastPermit[person]).TotalMilliseconds));
        }

        double rate = (Interlocked.Read(ref decisions) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(load);
        var results = new ResultTable();
        results.Add("decisions asked for meanwhile", "per s", 0.95 * DecisionsPerSecond, rate, atLeast: true);
        results.Add($"last permit after the SCIM answer, p50 of {Leavers} leavers", "ms", null, Percentiles.Of(permitted, 0.5));
        results.Add("last permit after the SCIM answer, p99", "ms", 1_000, Percentiles.Of(permitted, 0.99));
        results.Add("last token taken by PolicyDecision after the SCIM answer, p99", "ms", 1_000, Percentiles.Of(taken, 0.99));
        results.Add("tokens that IdentityFederation takes after its SCIM answer", "tokens", 1, alive);
        return results.Print();
    }

    /// <summary>When the provisioning system has its answer.</summary>
    private async Task<long> LeaveAsync(string person)
    {
        using HttpResponseMessage answer = await scim.PatchAsJsonAsync(new Uri(services.IdentityFederation, $"scim/v2/Users/{person}"), new
        {
            schemas = new[] { "urn:ietf:params:scim:api:messages:2.0:PatchOp" },
            Operations = new[] { new { op = "replace", path = "active", value = false } },
        });
        long at = Stopwatch.GetTimestamp();
        answer.EnsureSuccessStatusCode();
        return at;
    }

    private async Task<double> TakenForAsync(string token, long answered)
    {
        double last = 0;
        while (await StatusAsync(new Uri(services.PolicyDecision, "roles?limit=1"), token) != HttpStatusCode.Unauthorized)
        {
            last = Stopwatch.GetElapsedTime(answered).TotalMilliseconds;
            if (last > 30_000)
            {
                throw new InvalidOperationException("PolicyDecision goes on taking a token of a session that is over.");
            }

            await Task.Delay(5);
        }

        return last;
    }

    private async Task<HttpStatusCode> StatusAsync(Uri address, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using HttpResponseMessage answer = await plain.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>Asks at its share of the rate: every fourth time about whoever leaves next, else about people who stay.</summary>
    private async Task AskAsync(int asker, CancellationToken stop)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds((double)Askers / DecisionsPerSecond));
        for (int number = asker; !stop.IsCancellationRequested; number++)
        {
            string person = number % 4 == 0 && present is { Length: > 0 } leaving ? leaving : $"u{1 + (number * 7 % 4_000):D5}";
            bool permit = await DecideAsync(person);
            long at = Stopwatch.GetTimestamp();
            Interlocked.Increment(ref decisions);
            if (permit)
            {
                lastPermit.AddOrUpdate(person, at, (_, known) => Math.Max(known, at));
            }

            try
            {
                await pace.WaitForNextTickAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> DecideAsync(string person)
    {
        using HttpResponseMessage answer = await pacs.PostAsJsonAsync(new Uri(services.PolicyDecision, "access/v1/evaluation"), new
        {
            subject = new { type = "User", id = person }, action = new { name = "study.view" },
            resource = new { type = "Study", id = Study }, context = new { sourceIp = "10.11.4.7" },
        });
        JsonElement decided = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        return decided.GetProperty("decision").GetBoolean();
    }
}
