using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace AccessGov.Cedar.Tests.Differential;

/// <summary>
/// Random cases here and in the official engine; a difference is reported with the seed and the case. <see cref="Seeds"/> says which.
/// Levels are not among what is compared: the settings of the package's <c>validate</c> know the mode <c>strict</c> and nothing else.
/// </summary>
public sealed class OfficialEngineDifferenceTests(ITestOutputHelper log)
{
    [OfficialEngineFact]
    public async Task Decisions_reasons_errors_and_verdicts_are_those_of_the_official_engine()
    {
        (int first, int last) = (Seeds.First, Seeds.Last);
        using var engine = new OfficialEngine("Differential/official-engine.js");
        var differences = new List<string>();
        long policies = 0, entities = 0, requests = 0, allowed = 0, erroring = 0, valid = 0, notApplicable = 0;
        DifferentialCase made = Case(first);
        Task<JsonNode> asked = engine.AskAsync(made.ToJson());
        for (int seed = first; seed <= last && differences.Count < 10; seed++)
        {
            // The official engine works on the next case while this one is compared.
            JsonNode official = await asked;
            DifferentialCase next = seed < last ? Case(seed + 1) : made;
            asked = seed < last ? engine.AskAsync(next.ToJson()) : asked;
            differences.AddRange(made.Differences(official)
                .Select(difference => $"{Seeds.Variable}={seed}..{seed}: {difference}\n"));
            policies += made.Policies;
            entities += made.Entities;
            requests += made.Requests;
            allowed += made.Allowed;
            erroring += made.Erroring;
            valid += made.Valid;
            notApplicable += made.NotApplicable;
            made = next;
        }

        log.WriteLine(
            $"seeds {first}..{last}: {policies} policies, {valid} valid with templates, {notApplicable} refused for their scope; "
            + $"{entities} entities; {requests} requests, {allowed} allowed, {erroring} errors of policies");
        if (differences.Count > 0)
        {
            Assert.Fail(string.Join('\n', differences));
        }

        requests.ShouldBeGreaterThan(0);
        if (Seeds.AreDefault)
        {
            // Half of what there is: a generator that has come to make denials or invalid policies only compares little.
            allowed.ShouldBeGreaterThan(150, $"of {requests} requests");
            erroring.ShouldBeGreaterThan(120);
            valid.ShouldBeGreaterThan(2_000, $"of {policies} policies");
            notApplicable.ShouldBeGreaterThan(450, $"of {policies} policies");
        }
    }

    private static DifferentialCase Case(int seed)
    {
        try
        {
            return DifferentialCase.Of(seed);
        }
        catch (Exception failure)
        {
            throw new ShouldAssertException($"{Seeds.Variable}={seed}..{seed}: the case cannot be made: {failure.Message}", failure);
        }
    }
}
