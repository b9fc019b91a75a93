using System.Text.Json;

namespace AccessGov.Cedar.Tests.Conformance;

public sealed class HandWrittenTests
{
    [ConformanceFact]
    public void Every_hand_written_integration_test_passes()
    {
        string[] files = Directory.GetFiles(ConformanceData.PathOf("tests"), "*.json", SearchOption.AllDirectories);
        var differences = new List<string>();
        int requests = 0;
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            using JsonDocument test = JsonDocument.Parse(File.ReadAllBytes(file));
            string policies = File.ReadAllText(ConformanceData.PathOf(test.RootElement.GetProperty("policies").GetString()!));
            byte[] entities = File.ReadAllBytes(ConformanceData.PathOf(test.RootElement.GetProperty("entities").GetString()!));
            requests += ConformanceCase.Run(Path.GetFileName(file), test.RootElement, policies, entities, differences);
        }

        differences.ShouldBeEmpty();
        files.Length.ShouldBe(22);
        requests.ShouldBe(51);
    }
}
