using System.Net;
using System.Security.Cryptography;
using AccessGov.EmergencyCapabilities;
using AccessGov.Edge.Merge;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessGov.Edge.Tests.Uses;

public sealed class UseCapabilityTests
{
    [Fact]
    [Trait("Requirement", "S31")]
    public async Task A_good_capability_and_a_use_by_its_holder_begin_an_emergency_access_while_AccessGov_is_away()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.BreakGlass.IsAway = true;
        string capability = edge.Capability();

        Answered answer = await edge.AskAsync(capability, edge.Use(capability));

        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        answer.Body["patient"]!.GetValue<string>().ShouldBe(EdgeHost.Patient);
        (answer.Body["until"]!.GetValue<DateTimeOffset>() - edge.Clock.GetUtcNow()).TotalHours.ShouldBeInRange(3.99, 4.01);
        Guid.TryParse(answer.Body["id"]!.GetValue<string>(), out _).ShouldBeTrue();
    }

    [Fact]
    public async Task What_another_key_signed_is_forged()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string capability = edge.Capability(by: new ECDsaSecurityKey(other));

        (await edge.AskAsync(capability, edge.Use(capability))).Code.ShouldBe("capability_forged");
    }

    [Fact]
    public async Task A_changed_capability_is_forged()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string[] parts = edge.Capability().Split('.');
        string payload = Base64UrlEncoder.Decode(parts[1]).Replace("\"uses\":3", "\"uses\":9", StringComparison.Ordinal);
        string changed = $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}";

        (await edge.AskAsync(changed, edge.Use(changed))).Code.ShouldBe("capability_forged");
    }

    [Theory]
    [InlineData("no token at all")]
    [InlineData("")]
    [InlineData("a.b.c")]
    public async Task What_is_no_token_is_forged(string capability)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();

        (await edge.AskAsync(capability, "x")).Code.ShouldBe("capability_forged");
    }

    [Fact]
    public async Task Another_edge_s_capability_is_not_taken()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability(known => known with { Edge = "cardiology" });

        (await edge.AskAsync(capability, edge.Use(capability))).Code.ShouldBe("capability_of_other_edge");
    }

    [Fact]
    public async Task One_that_has_run_out_or_is_not_good_yet_is_not_taken()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string over = edge.Capability(known =>
            known with { IssuedAt = known.IssuedAt.AddHours(-9), Expires = known.IssuedAt.AddSeconds(-1) });
        string early = edge.Capability(known => known with { IssuedAt = known.IssuedAt.AddMinutes(5) });

        (await edge.AskAsync(over, edge.Use(over))).Code.ShouldBe("capability_expired");
        (await edge.AskAsync(early, edge.Use(early))).Code.ShouldBe("capability_expired");
    }

    [Fact]
    public async Task A_use_that_another_key_signed_or_of_another_capability_is_forged()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        using var thief = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (string capability, string other) = (edge.Capability(), edge.Capability());

        (await edge.AskAsync(capability, edge.Use(capability, by: thief))).Code.ShouldBe("use_forged");
        (await edge.AskAsync(capability, edge.Use(other))).Code.ShouldBe("use_forged");
    }

    [Fact]
    public async Task A_use_without_a_reason_or_with_words_of_a_station_is_malformed()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability();

        Answered mute = await edge.AskAsync(capability, edge.Use(capability, use => use with { Reason = " " }));
        Answered said = await edge.AskAsync(capability, edge.Use(capability, use => use with { SaidToBe = "bob" }));

        (mute.Status, mute.Code).ShouldBe((HttpStatusCode.BadRequest, "use_malformed"));
        said.Code.ShouldBe("use_malformed");
    }

    [Theory]
    [InlineData(-62)]
    [InlineData(62)]
    public async Task A_use_of_another_minute_is_stale(int seconds)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability();

        (await edge.AskAsync(capability, edge.Use(capability, use =>
            use with { At = use.At.AddSeconds(seconds) }))).Code.ShouldBe("use_stale");
    }

    [Fact]
    public async Task The_holder_s_family_stays_closed()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability(known => known with { Excluded = [EmergencyCapability.Digest(known.Id, EdgeHost.Patient)] });

        (await edge.AskAsync(capability, edge.Use(capability))).Code.ShouldBe("patient_excluded");
        (await edge.AskAsync(capability, edge.Use(capability, use =>
            use with { Patient = "4712" }))).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task One_that_was_taken_back_is_not_taken_even_after_a_restart_without_AccessGov()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability();
        edge.BreakGlass.Revoked.Add(new JsonWebToken(capability).Id);
        await Eventually.HoldsAsync(
            () => edge.Services.GetRequiredService<HeardNews>().IsRevoked(edge.BreakGlass.Revoked[0]), "it is known to be taken back");

        edge.BreakGlass.IsAway = true;
        await edge.AgainAsync();

        (await edge.AskAsync(capability, edge.Use(capability))).Code.ShouldBe("capability_revoked");
    }

    [Fact]
    public async Task The_same_use_is_taken_once_also_after_a_restart()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability();
        string use = edge.Use(capability);
        (await edge.AskAsync(capability, use)).Status.ShouldBe(HttpStatusCode.Created);

        Answered again = await edge.AskAsync(capability, use);
        await edge.AgainAsync();
        Answered later = await edge.AskAsync(capability, use);

        (again.Status, again.Code).ShouldBe((HttpStatusCode.Conflict, "use_replayed"));
        later.Code.ShouldBe("use_replayed");
    }

    [Fact]
    public async Task Asking_again_for_the_same_patient_answers_what_is_active_and_is_not_counted()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability(known => known with { UsesMax = 1 });
        Answered first = await edge.AskAsync(capability, edge.Use(capability));

        Answered second = await edge.AskAsync(capability, edge.Use(capability));

        second.Status.ShouldBe(HttpStatusCode.OK);
        second.Body["access"]!.GetValue<string>().ShouldBe(first.Body["access"]!.GetValue<string>());
    }

    [Fact]
    public async Task More_patients_than_it_is_for_are_refused_also_after_a_restart()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability(known => known with { UsesMax = 2 });
        foreach (string patient in new[] { "1", "2" })
        {
            (await edge.AskAsync(capability, edge.Use(capability, use =>
                use with { Patient = patient }))).Status.ShouldBe(HttpStatusCode.Created);
        }

        (await edge.AskAsync(capability, edge.Use(capability, use => use with { Patient = "3" }))).Code.ShouldBe("capability_used_up");
        await edge.AgainAsync();
        (await edge.AskAsync(capability, edge.Use(capability, use => use with { Patient = "4" }))).Code.ShouldBe("capability_used_up");
    }

    [Fact]
    public async Task Of_many_at_once_only_as_many_begin_as_it_is_for()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability(known => known with { UsesMax = 2 });

        Answered[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(patient =>
            edge.AskAsync(capability, edge.Use(capability, use => use with { Patient = $"P{patient}" }))));

        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(2);
        answers.Count(answer => answer.Code == "capability_used_up").ShouldBe(18);
    }

    [Fact]
    public async Task A_drill_is_about_a_test_patient()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string capability = edge.Capability();

        (await edge.AskAsync(capability, edge.Use(capability, use =>
            use with { Practice = true }))).Code.ShouldBe("practice_patient_required");
        (await edge.AskAsync(capability, edge.Use(capability, use => use with { Practice = true, Patient = "DRILL" }))).Status
            .ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_clock_that_went_back_is_not_believed_unless_AccessGov_has_the_same_time()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.Clock.Move(TimeSpan.FromMinutes(10));
        string access = await edge.BeginAsync();
        edge.BreakGlass.IsAway = true;
        await edge.AgainAsync();
        edge.Clock.Move(TimeSpan.FromMinutes(-10));
        string capability = edge.Capability();

        Answered answer = await edge.AskAsync(capability, edge.Use(capability));
        (await edge.ReasonAsync(access, $"/dicom-web/studies/{ArchiveStandIn.Study}")).Reason.ShouldBe("clock_unreliable");

        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.ServiceUnavailable, "clock_unreliable"));
        edge.BreakGlass.IsAway = false;
        await Eventually.HoldsAsync(
            async () => (await edge.AskAsync(capability, edge.Use(capability, use => use with { Patient = "4712" }))).Code is null,
            "AccessGov has said what time it is");
    }

    [Fact]
    public async Task An_edge_that_never_heard_of_a_key_says_so()
    {
        await using EdgeHost edge = await EdgeHost.PrepareAsync();
        edge.BreakGlass.IsAway = true;
        await edge.RunAsync();
        string capability = edge.Capability();

        Answered answer = await edge.AskAsync(capability, edge.Use(capability));

        (answer.Status, answer.Code).ShouldBe((HttpStatusCode.ServiceUnavailable, "keys_unknown"));
    }
}
