using System.Security.Cryptography;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

public sealed class StartTests
{
    [Fact]
    public async Task A_spool_that_another_process_holds_is_said_in_one_sentence_and_by_the_exit_code()
    {
        string home = Directory.CreateTempSubdirectory("accessgov-start-").FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(Path.Combine(home, "public-key.pem"), key.ExportSubjectPublicKeyInfoPem());
        string file = Path.Combine(home, "journal.lock");
        await using var held = new FileStream(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        await using var service = new ChildProcess("dotnet", [ChildProcess.AssemblyOf("services/PolicyDecision", "PolicyDecision")], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["PolicyDecision__ConnectionString"] = "Host=127.0.0.1;Port=1;Username=nobody",
            ["PolicyDecision__PublicUrl"] = "https://pdp.test",
            ["DecisionJournal__SpoolDirectory"] = home,
            ["Authentication__Issuer"] = "https://issuer.test",
            ["Authentication__Audience"] = "accessgov",
            ["Authentication__KeysFile"] = Path.Combine(home, "public-key.pem"),
        });

        (await service.ExitCodeAsync(2 * Eventually.Bound)).ShouldBe(1, service.Output);

        string[] lines = service.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldHaveSingleItem().ShouldBe(
            $"The file {file} is locked by another process, whose spool this is: stop that process, or name a directory of its own for this one in DecisionJournal:SpoolDirectory.");
    }
}
