using System.Net;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

public sealed class PacsDemoTests
{
    // No console runs here; what leads to one is only read.
    private static readonly Uri Console = new("http://127.0.0.1:7000");

    private const string Ct = "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322";
    private const string CtInOrthanc = "8a8cf898-ca27c490-d0c7058c-929d0581-2bbf104d";
    private const string Mr = "1.3.6.1.4.1.5962.1.2.4.20040826185059.5457";

    [Fact]
    public async Task Each_person_gets_what_the_policies_say_from_a_real_archive_and_each_answer_is_in_the_journal_and_the_same_when_asked_again()
    {
        int port = FreePort.Next();
        string password = Guid.NewGuid().ToString("n");
        await using var services = new AccessGovProcesses();
        await services.StartAsync(Console, Following($"http://127.0.0.1:{port}", password));
        await using var demo = new ChildProcess("/usr/bin/python3",
        [
            Repository.PathOf("deploy", "demo", "pacs"), "--configuration", services.ConfigurationFile, "--orthanc-port", $"{port}", "--orthanc-password", password,
        ]);
        int exitCode = await demo.ExitCodeAsync(TimeSpan.FromMinutes(6));
        exitCode.ShouldBe(0, $"{demo.Output}\n{services.Output}");
        demo.Output.ShouldContain("by the feeder");
        demo.Output.ShouldContain("Each answer is as it should be, and in the decision journal.");
        await services.EnrolAsync(app: false, "sven");
        await DecisionReplay.ShouldEqualTheRecordAsync(services.ConfigurationFile, "hospital", decisionsMin: 10);
    }

    [Fact]
    public async Task The_index_follows_a_real_archive_through_arrivals_deletions_restarts_and_a_reset()
    {
        await using var orthanc = new OrthancProcess();
        await orthanc.StartAsync();
        await orthanc.StoreAsync("CT_small.dcm");
        await using var service = new AccessGovProcesses();
        await service.StartAsync(Console, Following(orthanc.Url, orthanc.Password));
        await UntilAsync(service, Ct, HttpStatusCode.OK);
        await orthanc.StoreAsync("MR_small.dcm");
        await UntilAsync(service, Mr, HttpStatusCode.OK);

        await orthanc.DeleteAsync(CtInOrthanc);
        await UntilAsync(service, Ct, HttpStatusCode.NotFound);

        await orthanc.StopAsync();
        await orthanc.StartAsync();
        await orthanc.StoreAsync("CT_small.dcm");
        await UntilAsync(service, Ct, HttpStatusCode.OK);

        await orthanc.ResetAsync();
        await UntilAsync(service, Mr, HttpStatusCode.NotFound);
        await orthanc.StoreAsync("MR_small.dcm");
        await UntilAsync(service, Mr, HttpStatusCode.OK);
    }

    private static Dictionary<string, string> Following(string url, string password) => new(StringComparer.Ordinal)
    {
        ["PolicyDecision__Orthanc__Url"] = url,
        ["PolicyDecision__Orthanc__Username"] = "accessgov-proxy",
        ["PolicyDecision__Orthanc__Password"] = password,
        ["PolicyDecision__Orthanc__DefaultDepartment"] = "north-radiology",
        ["PolicyDecision__Orthanc__PollEvery"] = "00:00:00.200",
        ["PolicyDecision__Orthanc__CompareEvery"] = "00:00:01",
    };

    private static Task UntilAsync(AccessGovProcesses service, string uid, HttpStatusCode expected) => Eventually.HoldsAsync(async () =>
    {
        using HttpResponseMessage answer = await service.GetAsync($"/studies/{uid}");
        return answer.StatusCode == expected;
    }, $"study {uid} is answered with {expected}", 2 * Eventually.Bound);
}
