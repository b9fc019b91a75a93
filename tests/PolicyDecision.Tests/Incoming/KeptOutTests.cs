using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.PolicyDecision.Users;
using AccessGov.Testing;
using static AccessGov.PolicyDecision.Tests.Spec;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Tests.Incoming;

/// <summary>Whoever is suspended or does not work here any more is denied everything, whatever the policy set says.</summary>
public sealed class KeptOutTests(Hospital hospital) : IClassFixture<Hospital>
{
    [Fact]
    public async Task Whoever_is_suspended_is_denied_by_decisions_searches_and_explanations_until_they_are_reinstated()
    {
        await hospital.GiveAsync("sam", "everywhere");
        await hospital.GiveAsync("sue", "everywhere");
        (await hospital.MayAsync("sam", "read", "Study 1.2.1")).ShouldBeTrue();

        await hospital.Host.TellAsync("sam", new V1.UserSuspended("sam", "Under investigation.", "security", DateTimeOffset.UtcNow));
        await Eventually.HoldsAsync(async () => !await hospital.MayAsync("sam", "read", "Study 1.2.1"), "the suspension is known");

        JsonNode context = (await hospital.AskAsync("sam", "read", "Study 1.2.1"))["context"]!;
        context.ToJsonString().ShouldContain("subject_suspended");
        context.ToJsonString().ShouldNotContain("investigation", Case.Insensitive, "why is nobody's business at an enforcement point");
        (await hospital.MayAsync("sue", "read", "Study 1.2.1")).ShouldBeTrue();
        (await FoundAsync("subject", new { subject = new { type = "User" }, action = new { name = "read" }, resource = new { type = "Study", id = "1.2.1" } }))
            .ShouldBe(["sue"], ignoreOrder: true);
        (await FoundAsync("resource", new { subject = new { type = "User", id = "sam" }, action = new { name = "read" }, resource = new { type = "Study" } })).ShouldBeEmpty();
        JsonNode explained = await ExplainAsync("sam");
        (explained["decision"]!.GetValue<bool>(), explained["reason"]!.GetValue<string>()).ShouldBe((false, "subject_suspended"));
        explained["explanation"].ShouldBeNull("no policy can permit it");

        await hospital.Host.TellAsync("sam", new V1.UserReinstated("sam", "Cleared.", "security", DateTimeOffset.UtcNow));
        await Eventually.HoldsAsync(() => hospital.MayAsync("sam", "read", "Study 1.2.1"), "what they hold counts again");
    }

    [Fact]
    public async Task Whoever_left_is_denied_what_a_relation_permits_too_and_a_suspension_does_not_end_with_their_return()
    {
        await hospital.RelateAsync("care-team", "lea", "P1", "2026-01-01T00:00:00Z");
        (await hospital.MayAsync("lea", "care-team", "Study 1.2.1")).ShouldBeTrue();

        await hospital.Host.TellAsync("lea", new V1.UserSuspended("lea", "Lost badge.", "security", DateTimeOffset.UtcNow));
        await hospital.Host.TellAsync("lea", new V1.UserDeprovisioned("lea", "Contract ended.", "hr", DateTimeOffset.UtcNow));
        await ReasonAsync("lea", "subject_suspended");
        await hospital.Host.TellAsync("lea", new V1.UserReinstated("lea", "Found.", "security", DateTimeOffset.UtcNow));
        await ReasonAsync("lea", "subject_inactive");
        await hospital.Host.TellAsync("lea", new V1.UserReactivated("lea", "hr", DateTimeOffset.UtcNow));
        await Eventually.HoldsAsync(() => hospital.MayAsync("lea", "care-team", "Study 1.2.1"), "the relation counts again");

        await hospital.Host.TellAsync("lea", new V1.UserSuspended("lea", "Again.", "security", DateTimeOffset.UtcNow));
        await hospital.Host.TellAsync("lea", new V1.UserReactivated("lea", "hr", DateTimeOffset.UtcNow));
        await ReasonAsync("lea", "subject_suspended");
    }

    [Fact]
    public async Task Whoever_is_locked_is_denied_and_keeps_what_they_hold_for_when_they_are_unlocked()
    {
        await hospital.GiveAsync("luc", "everywhere");
        (await hospital.MayAsync("luc", "read", "Study 1.2.1")).ShouldBeTrue();

        await hospital.Host.TellAsync("luc", new V1.UserLocked("luc", "dormant", "identity-federation", DateTimeOffset.UtcNow));
        await ReasonAsync("luc", "subject_locked");
        (await hospital.MayAsync("luc", "read", "Study 1.2.1")).ShouldBeFalse();
        JsonNode explained = await ExplainAsync("luc");
        (explained["decision"]!.GetValue<bool>(), explained["reason"]!.GetValue<string>()).ShouldBe((false, "subject_locked"));
        explained["explanation"].ShouldBeNull("no policy can permit it");
        await hospital.Host.TellAsync("luc", new V1.UserSuspended("luc", "Lost badge.", "security", DateTimeOffset.UtcNow));
        await ReasonAsync("luc", "subject_suspended");
        await hospital.Host.TellAsync("luc", new V1.UserReinstated("luc", "Found.", "security", DateTimeOffset.UtcNow));
        await ReasonAsync("luc", "subject_locked");

        await hospital.Host.TellAsync("luc", new V1.UserUnlocked("luc", "Back from leave.", "desk", DateTimeOffset.UtcNow));
        await Eventually.HoldsAsync(() => hospital.MayAsync("luc", "read", "Study 1.2.1"), "what they hold counts again");
    }

    [Fact]
    public void What_is_so_already_is_not_said_again()
    {
        Given(Suspension.Streams).When(state => Suspension.Suspend(state, "Why.")).Then(new UserSuspended("Why."));
        Given(Suspension.Streams, new UserSuspended("Why.")).When(state => Suspension.Suspend(state, "Again.")).ThenNothing();
        Given(Suspension.Streams, new UserSuspended("Why.")).When(Suspension.Reinstate).Then(new UserReinstated());
        Given(Suspension.Streams).When(Suspension.Reinstate).ThenNothing();
        Given(Departure.Streams).When(state => Departure.Leave(state, "Why.")).Then(new UserLeft("Why."));
        Given(Departure.Streams, new UserLeft("Why.")).When(state => Departure.Leave(state, "Again.")).ThenNothing();
        Given(Departure.Streams, new UserLeft("Why.")).When(Departure.Return).Then(new UserReturned());
        Given(Departure.Streams).When(Departure.Return).ThenNothing();
        Given(AccountLock.Streams).When(state => AccountLock.Close(state, "dormant")).Then(new UserLocked("dormant"));
        Given(AccountLock.Streams, new UserLocked("dormant")).When(state => AccountLock.Close(state, "dormant")).ThenNothing();
        Given(AccountLock.Streams, new UserLocked("dormant")).When(AccountLock.Open).Then(new UserUnlocked());
        Given(AccountLock.Streams).When(AccountLock.Open).ThenNothing();
    }

    private Task ReasonAsync(string user, string reason) => Eventually.HoldsAsync(
        async () => (await hospital.AskAsync(user, "care-team", "Study 1.2.1"))["context"]?.ToJsonString().Contains(reason, StringComparison.Ordinal) == true, reason);

    private async Task<string[]> FoundAsync(string kind, object body)
    {
        using HttpResponseMessage answer = await hospital.Host.SendAsync(
            HttpMethod.Post, $"/access/v1/search/{kind}", JsonSerializer.Serialize(body), hospital.Host.Token("decisions.evaluate", "decisions.search"));
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return [.. JsonNode.Parse(text)!["results"]!.AsArray().Select(one => one!["id"]!.GetValue<string>()).Where(id => kind != "subject" || id is "sam" or "sue")];
    }

    private async Task<JsonNode> ExplainAsync(string user)
    {
        using HttpResponseMessage answer = await hospital.Host.SendAsync(
            HttpMethod.Post, "/explain",
            JsonSerializer.Serialize(new { subject = new { type = "User", id = user }, action = new { name = "read" }, resource = new { type = "Study", id = "1.2.1" } }),
            hospital.Host.Token("decisions.explain"));
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }
}
