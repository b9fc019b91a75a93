using System.Text.Json;
using AccessGov.Cedar.Tests.Policies;

namespace AccessGov.Cedar.Tests.Conformance;

/// <summary>One file of the public test format: policies, entities, requests and what is expected of each.</summary>
internal static class ConformanceCase
{
    /// <summary>Runs every request and adds a line to <paramref name="differences"/> for each surprise; gives the number of requests.</summary>
    public static int Run(string name, JsonElement test, string policies, byte[] entities, List<string> differences)
    {
        CompiledPolicySet compiled = PolicySet.Parse(policies, name).Compile();
        EntityStore store = EntitiesJson.Parse(entities);
        var reused = new ReusableResponse();
        int count = 0;
        foreach (JsonElement request in test.GetProperty("requests").EnumerateArray())
        {
            count++;
            var asked = new Request(
                Uid(request, "principal"), Uid(request, "action"), Uid(request, "resource"), ValueJson.ReadRecord(request.GetProperty("context")));
            Response response = compiled.Evaluate(asked, store);
            string actual = Describe(response);
            string expected = Expected(request);
            if (!string.Equals(actual, expected, StringComparison.Ordinal))
            {
                differences.Add($"{name}, {request.GetProperty("description").GetString()}: expected {expected}, got {actual}");
            }

            string scanned = IndexTests.Describe(compiled.EvaluateByScan(asked, store));
            compiled.Evaluate(asked, store, reused);
            if (IndexTests.Describe(response) != scanned || IndexTests.Describe(reused) != scanned)
            {
                differences.Add($"{name}, {request.GetProperty("description").GetString()}: a scan of all policies gives {scanned}");
            }
        }

        return count;
    }

    /// <summary>Decision, reasons and errors that the test expects of a request.</summary>
    internal static string Expected(JsonElement request) =>
        Describe(request.GetProperty("decision").GetString()!, Ids(request, "reason"), Ids(request, "errors"));

    /// <summary>Decision, reasons and errors of a response, in the words of <see cref="Expected"/>.</summary>
    internal static string Describe(Response response) => Describe(
        response.Decision.ToString(), response.Reasons.Select(policy => policy.Id), response.Errors.Select(error => error.Policy.Id));

    private static string Describe(string decision, IEnumerable<string> reasons, IEnumerable<string> errors) =>
        $"{decision.ToLowerInvariant()} reasons [{Sorted(reasons)}] errors [{Sorted(errors)}]";

    private static string Sorted(IEnumerable<string> ids) => string.Join(", ", ids.Order(StringComparer.Ordinal));

    private static IEnumerable<string> Ids(JsonElement request, string name) =>
        request.GetProperty(name).EnumerateArray().Select(id => id.GetString()!);

    internal static EntityUid Uid(JsonElement request, string name)
    {
        JsonElement uid = request.GetProperty(name);
        return new EntityUid(uid.GetProperty("type").GetString()!, uid.GetProperty("id").GetString()!);
    }
}
