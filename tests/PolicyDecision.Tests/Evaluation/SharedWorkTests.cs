using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Tests.Evaluation;

/// <summary>Work that several workers share, and batches that are decided so.</summary>
public sealed class SharedWorkTests(Hospital hospital) : IClassFixture<Hospital>
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task Every_item_is_done_once(int count)
    {
        int[] done = new int[count];
        await SharedWork.RunAsync(count, 7, i => { Interlocked.Increment(ref done[i]); return ValueTask.CompletedTask; }, CancellationToken.None);
        done.ShouldAllBe(times => times == 1);
    }

    [Fact]
    public async Task A_failure_ends_it_and_is_told()
    {
        int done = 0;
        await Should.ThrowAsync<InvalidOperationException>(async () => await SharedWork.RunAsync(
            100_000, 1, i => { Interlocked.Increment(ref done); return i == 10 ? throw new InvalidOperationException("ten") : ValueTask.CompletedTask; }, CancellationToken.None));
        done.ShouldBeLessThan(100_000);
    }

    [Fact]
    public async Task A_caller_who_leaves_ends_it()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await SharedWork.RunAsync(1_000, 1, _ => ValueTask.CompletedTask, gone.Token));
    }

    [Fact]
    public async Task Items_of_a_long_batch_are_answered_in_their_order_as_each_alone()
    {
        await hospital.GiveAsync("batch", "department north-radiology");
        hospital.SetTime(null);
        (string Action, string Study)[] asked =
            [.. Enumerable.Range(0, 600).Select(i => (((string[])["read", "hours", "broken", "known"])[i % 4], ((string[])["1.2.1", "1.2.2", "1.2.3", "9.9", "no uid"])[i % 5]))];
        JsonArray answers = await AskAsync("execute_all", asked);
        answers.Count.ShouldBe(asked.Length);
        var alone = new Dictionary<(string, string), string>();
        foreach ((string action, string study) in asked.Distinct())
        {
            alone[(action, study)] = Of(await hospital.AskAsync("batch", action, $"Study {study}", sourceIp: "10.1.0.7"));
        }

        alone.Values.Distinct(StringComparer.Ordinal).Count().ShouldBeGreaterThan(3);
        answers.Select(answer => Of(answer!)).ShouldBe(asked.Select(item => alone[item]));
    }

    [Fact]
    public async Task A_short_circuit_still_ends_at_its_first()
    {
        await hospital.GiveAsync("short", "everywhere");
        hospital.SetTime(null);
        (string, string)[] asked = [.. Enumerable.Range(0, 300).Select(i => (i is 120 or 200 ? "nothing" : "read", "1.2.1"))];
        (await AskAsync("deny_on_first_deny", asked, "short")).Count.ShouldBe(121);
        (await AskAsync("permit_on_first_permit", [.. asked.Select(item => (item.Item1 == "nothing" ? "read" : "nothing", item.Item2))], "short")).Count.ShouldBe(121);
    }

    [Fact]
    public async Task What_an_item_says_itself_replaces_what_the_batch_shares_as_a_whole()
    {
        await hospital.GiveAsync("defaults", "everywhere");
        hospital.SetTime(null);
        JsonArray answers = await SendAsync(new
        {
            subject = new { type = "User", id = "defaults" }, action = new { name = "known" }, resource = new { type = "Study", id = "1.2.1" }, context = new { sourceIp = "10.1.0.7" },
            evaluations = new object[]
            {
                new { }, new { context = new { } }, new { subject = new { type = "User", id = "nobody" }, action = new { name = "read" } }, new { action = new { name = "read" } },
                new { subject = new { type = "User" } }, new { context = new { sourceIp = "here" } },
            },
        });
        answers.Select(answer => answer!["decision"]!.GetValue<bool>()).ShouldBe([true, false, false, true, false, false]);
        answers.Skip(4).Select(answer => answer!["context"]!["error"]!["message"]!.GetValue<string>())
            .ShouldBe(["subject.id is missing.", "context.sourceIp must be an IPv4 or IPv6 address."]);
    }

    private static string Of(JsonNode answer) => $"{answer["decision"]} {answer["context"]!["reason"]} {string.Join(',', answer["context"]!["policies"]!.AsArray())}";

    private Task<JsonArray> AskAsync(string semantic, (string Action, string Study)[] asked, string subject = "batch") => SendAsync(new
    {
        subject = new { type = "User", id = subject }, context = new { sourceIp = "10.1.0.7" }, options = new { evaluations_semantic = semantic },
        evaluations = asked.Select(item => new { action = new { name = item.Action }, resource = new { type = "Study", id = item.Study } }),
    });

    private async Task<JsonArray> SendAsync(object batch)
    {
        using HttpResponseMessage answer = await hospital.Host.SendAsync(
            HttpMethod.Post, "/access/v1/evaluations", JsonSerializer.Serialize(batch), hospital.Host.Token("decisions.evaluate"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["evaluations"]!.AsArray();
    }
}
