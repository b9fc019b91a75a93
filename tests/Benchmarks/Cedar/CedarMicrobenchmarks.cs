using AccessGov.Cedar;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;

namespace AccessGov.Benchmarks.Cedar;

/// <summary>The same scenarios by BenchmarkDotNet: the mean of one call over all requests, and what it allocates.</summary>
[MemoryDiagnoser]
public class CedarMicrobenchmarks
{
    private const int Requests = 500;
    private readonly ReusableResponse response = new();
    private CompiledPolicySet compiled = PolicySet.Empty.Compile();
    private EntityStore entities = EntityStore.Empty;
    private Request[] requests = [];

    [Params("gdrive", "github", "tinytodo", "hospital-170", "hospital-3305", "hospital-9905")]
    public string Set { get; set; } = "";

    public static int Run()
    {
        // Ten short iterations of each case: a whole run is three minutes, not an hour.
        Job job = Job.InProcess.WithWarmupCount(3).WithIterationCount(10).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(250));
        BenchmarkRunner.Run<CedarMicrobenchmarks>(DefaultConfig.Instance.AddJob(job));
        return 0;
    }

    [GlobalSetup]
    public void Prepare()
    {
        Scenario scenario = Set.Split('-') is ["hospital", var policies]
            ? HospitalScaling.Of(int.Parse(policies) / 33)
            : PaperApplications.All([50], 1).Single(application => application.Name == Set);
        (compiled, entities, requests) = (scenario.Compiled, scenario.Situations[0].Entities, scenario.Situations[0].Requests);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Requests)]
    public void IntoReusableResponse()
    {
        foreach (Request request in requests)
        {
            compiled.Evaluate(request, entities, response);
        }
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public void NewResponse()
    {
        foreach (Request request in requests)
        {
            compiled.Evaluate(request, entities);
        }
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public void ScanOfAllPolicies()
    {
        foreach (Request request in requests)
        {
            compiled.EvaluateByScan(request, entities);
        }
    }
}
