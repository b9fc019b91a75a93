using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Studies;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.PolicyDecision.Tests.Studies;

/// <summary>
/// A change of studies that was answered with a position is decided from on every replica, also where the news of it do not arrive.
/// </summary>
public sealed class StudyReachTests
{
    private const string Policies =
        """@id("north") permit (principal, action == Action::"view", resource in Department::"north");""";
    private const string Other = "11111111-1111-1111-1111-111111111111";

    [Fact]
    public async Task No_replica_decides_from_what_was_there_before_though_it_hears_no_news()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        object[] files = [new { name = "a.cedar", text = Policies }];
        (await host.PostAsync("/policy-sets/hospital/versions", new { files, comment = "c" })).EnsureSuccessStatusCode();
        (await host.PutAsync("/sites/main", new
        {
            name = "Main", timeZone = "UTC", departments = new[] { new { id = "north", name = "N" }, new { id = "south", name = "S" } },
        })).EnsureSuccessStatusCode();
        await using PolicyDecisionHost replica = await host.StartReplicaAsync();
        await Eventually.HoldsAsync(() => replica.Services.GetRequiredService<StudyNews>().Listening, "the replica hears of changes");
        await ImportAsync(host, "north");
        await Eventually.HoldsAsync(async () =>
        {
            await DecideAsync(host, replica, 0);
            return replica.Services.GetRequiredService<IStudyIndex>().FindAsync("1.2", default).AsTask().IsCompletedSuccessfully;
        }, "the replica has the study in its memory");
        await replica.Services.GetRequiredService<StudyNews>().StopAsync(default);

        for (int i = 0; i < 5; i++)
        {
            (await DecideAsync(host, replica, await ImportAsync(host, "south"))).ShouldBe("not_permitted");
            (await DecideAsync(host, replica, await ImportAsync(host, "north"))).ShouldBe("permitted");
        }

        using HttpResponseMessage removed = await host.SendAsync(HttpMethod.Delete, "/studies/1.2", null, host.Token("studies.feed"));
        (await DecideAsync(host, replica, PositionOf(removed))).ShouldBe("study_unknown");
    }

    [Fact]
    public async Task A_replica_that_has_not_forgotten_is_waited_for_and_one_that_does_not_come_costs_the_position()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        await ExecuteAsync(host, $"insert into policy_decision.replica_lease (replica, position) values ('{Other}', 1000)");
        Task<long> import = ImportAsync(host, "north");
        await Eventually.HoldsAsync(
            async () => await host.Services.GetRequiredService<IStudyIndex>().FindAsync("1.2", default) is not null,
            "this replica knows the study");
        import.IsCompleted.ShouldBeFalse();
        await ExecuteAsync(host, "update policy_decision.replica_lease set studies = 1");
        await import;

        await using PolicyDecisionHost hurried = await host.StartReplicaAsync(true, ("PolicyDecision:PositionPatience", "00:00:00.3"));
        using HttpResponseMessage answer = await PostAsync(host, hurried, "south");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.Contains("AccessGov-Position").ShouldBeFalse();
    }

    [Fact]
    public async Task A_replica_that_has_missed_many_changes_forgets_everything()
    {
        await using PolicyDecisionHost host = await PolicyDecisionHost.StartAsync();
        await ImportAsync(host, "north");
        var index = host.Services.GetRequiredService<StudyIndex>();
        var changes = new StudyChanges(host.Services.GetRequiredService<StudySchema>(), index);
        await changes.CatchUpAsync(default);
        changes.Seen.ShouldBe(1);
        await Eventually.HoldsAsync(
            async () => await index.FindAsync("1.2", default) is not null && index.CachedStudies > 0, "it is in memory");

        await ExecuteAsync(host, "insert into policy_decision.study_change values (300, '{1.3}'), (301, '{1.4}')");
        (await changes.CatchUpAsync(default)).ShouldBeTrue();
        (changes.Seen, index.CachedStudies).ShouldBe((301, 0));
        (await changes.CatchUpAsync(default)).ShouldBeFalse();
    }

    private static async Task<long> ImportAsync(PolicyDecisionHost host, string department)
    {
        using HttpResponseMessage answer = await PostAsync(host, host, department);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return PositionOf(answer);
    }

    private static Task<HttpResponseMessage> PostAsync(PolicyDecisionHost host, PolicyDecisionHost to, string department)
    {
        object[] studies = [new { studyInstanceUid = "1.2", patientId = "P1", department }];
        return to.SendAsync(
            HttpMethod.Post, "/studies/import", JsonSerializer.Serialize(new { studies }), host.Token("studies.feed"));
    }

    private static long PositionOf(HttpResponseMessage answer) =>
        long.Parse(answer.Headers.GetValues("AccessGov-Position").Single(), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<string> DecideAsync(PolicyDecisionHost host, PolicyDecisionHost replica, long atPosition)
    {
        using HttpResponseMessage answer = await replica.SendAsync(HttpMethod.Post, "/access/v1/evaluation", JsonSerializer.Serialize(new
        {
            subject = new { type = "User", id = "ada" }, action = new { name = "view" }, resource = new { type = "Study", id = "1.2" },
            context = new { atPosition },
        }), host.Token("decisions.evaluate"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["context"]!["reason"]!.GetValue<string>();
    }

    private static async Task ExecuteAsync(PolicyDecisionHost host, string sql)
    {
        await using NpgsqlDataSource database = NpgsqlDataSource.Create(host.Superuser);
        await using NpgsqlCommand command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
