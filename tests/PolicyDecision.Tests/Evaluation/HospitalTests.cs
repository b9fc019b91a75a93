using System.Net;
using System.Text.Json.Nodes;

namespace AccessGov.PolicyDecision.Tests.Evaluation;

/// <summary>Scopes, times, hours and networks through POST /access/v1/evaluation. 2026-03-02 is a Monday.</summary>
public sealed class HospitalTests(Hospital hospital) : IClassFixture<Hospital>
{
    private static readonly string[] Resources =
        ["Study 1.2.1", "Study 1.2.2", "Study 1.2.3", "Patient P1", "Archive north-pacs", "Archive owls-pacs", "System hospital"];

    [Theory]
    [InlineData("everywhere", "Study 1.2.1, Study 1.2.2, Study 1.2.3, Patient P1, Archive north-pacs, Archive owls-pacs, System hospital")]
    [InlineData("site north", "Study 1.2.1, Archive north-pacs")]
    [InlineData("department north-radiology", "Study 1.2.1")]
    [InlineData("patient P1", "Study 1.2.1, Study 1.2.3, Patient P1")]
    public async Task A_grant_covers_what_its_scope_says_and_read_only_it_only_reads(string scope, string covered)
    {
        await hospital.GiveAsync($"full {scope}", scope);
        await hospital.GiveAsync($"reader {scope}", scope, readOnly: true);

        (await PermittedAsync($"full {scope}", "use")).ShouldBe(covered);
        (await PermittedAsync($"full {scope}", "read")).ShouldBe(covered);
        (await PermittedAsync($"reader {scope}", "use")).ShouldBe("");
        (await PermittedAsync($"reader {scope}", "read")).ShouldBe(covered);
        (await PermittedAsync($"full {scope}", "explicit")).ShouldBe(scope == "patient P1" ? covered : "");
    }

    [Fact]
    public async Task Grants_add_up_in_whatever_order_they_were_given()
    {
        await hospital.GiveAsync("sum", "patient P2");
        await hospital.GiveAsync("sum", "everywhere", readOnly: true);
        await hospital.GiveAsync("sum", "department north-radiology");

        (await PermittedAsync("sum", "read")).ShouldBe(string.Join(", ", Resources));
        (await PermittedAsync("sum", "use")).ShouldBe("Study 1.2.1, Study 1.2.2");
    }

    [Theory]
    [InlineData("2026-03-02T09:59:59.999Z", false)]
    [InlineData("2026-03-02T10:00:00Z", true)]
    [InlineData("2026-03-02T11:59:59.999Z", true)]
    [InlineData("2026-03-02T12:00:00Z", false)]
    public async Task Grants_and_relations_hold_from_their_beginning_until_their_end(string at, bool holds)
    {
        const string from = "2026-03-02T10:00:00Z", until = "2026-03-02T12:00:00Z";
        await hospital.GiveAsync($"timed {at}", "patient P1", readOnly: false, from, until);
        await hospital.RelateAsync("care-team", "carer", "P1", from, until);
        await hospital.RelateAsync("referral", "referrer", "P1", from, until);
        await hospital.RelateAsync("family", "parent", "P1", from, until);

        bool[] permitted =
        [
            await hospital.MayAsync($"timed {at}", "use", "Study 1.2.1", at), await hospital.MayAsync("carer", "care-team", "Study 1.2.1", at),
            await hospital.MayAsync("referrer", "referral", "Study 1.2.1", at), await hospital.MayAsync("parent", "family", "Study 1.2.1", at),
        ];
        permitted.ShouldBe([holds, holds, holds, holds]);
    }

    [Fact]
    public async Task A_relation_is_to_one_patient_and_of_one_kind()
    {
        await hospital.RelateAsync("care-team", "team", "P1", "2026-01-01T00:00:00Z");
        await hospital.RelateAsync("self", "patient-two", "P2");

        (await PermittedAsync("team", "care-team", 3)).ShouldBe("Study 1.2.1, Study 1.2.3");
        (await PermittedAsync("team", "referral", 3)).ShouldBe("");
        (await PermittedAsync("team", "family", 3)).ShouldBe("");
        (await PermittedAsync("patient-two", "self", 3)).ShouldBe("Study 1.2.2");
    }

    [Theory]
    [InlineData("north-pacs", "2026-03-02T05:59:59Z", false)]
    [InlineData("north-pacs", "2026-03-02T06:00:00Z", true)]
    [InlineData("north-pacs", "2026-03-02T17:59:59Z", true)]
    [InlineData("north-pacs", "2026-03-02T18:00:00Z", false)]
    [InlineData("north-pacs", "2026-03-01T10:00:00Z", false)]
    [InlineData("north-pacs", "2026-03-27T17:00:00Z", true)]
    [InlineData("north-pacs", "2026-03-30T04:59:59Z", false)]
    [InlineData("north-pacs", "2026-03-30T05:00:00Z", true)]
    [InlineData("north-pacs", "2026-03-30T17:00:00Z", false)]
    [InlineData("owls-pacs", "2026-03-06T20:59:59Z", false)]
    [InlineData("owls-pacs", "2026-03-06T21:00:00Z", true)]
    [InlineData("owls-pacs", "2026-03-07T04:59:59Z", true)]
    [InlineData("owls-pacs", "2026-03-07T05:00:00Z", false)]
    [InlineData("owls-pacs", "2026-03-07T21:00:00Z", false)]
    [InlineData("owls-pacs", "2026-03-06T04:00:00Z", false)]
    [InlineData("owls-pacs", "2026-03-08T04:00:00Z", false)]
    [InlineData("owls-pacs", "2026-03-09T02:00:00Z", true)]
    [InlineData("owls-pacs", "2026-03-29T19:59:59Z", false)]
    [InlineData("owls-pacs", "2026-03-29T20:00:00Z", true)]
    [InlineData("owls-pacs", "2026-03-30T03:59:59Z", true)]
    [InlineData("owls-pacs", "2026-03-30T04:00:00Z", false)]
    [InlineData("owls-pacs", "2026-10-25T20:59:59Z", false)]
    [InlineData("owls-pacs", "2026-10-25T21:00:00Z", true)]
    [InlineData("wednesday-pacs", "2026-03-03T23:59:59Z", false)]
    [InlineData("wednesday-pacs", "2026-03-04T00:00:00Z", true)]
    [InlineData("wednesday-pacs", "2026-03-04T23:59:59Z", true)]
    [InlineData("wednesday-pacs", "2026-03-05T00:00:00Z", false)]
    [InlineData("no-such-pacs", "2026-03-04T12:00:00Z", false)]
    public async Task Working_hours_go_by_the_clock_of_the_site_through_the_night_and_the_seasons(string archive, string at, bool within) =>
        (await hospital.MayAsync("anyone", "hours", $"Archive {archive}", at)).ShouldBe(within);

    [Theory]
    [InlineData("Patient P1", "10.1.2.3", true)]
    [InlineData("Patient P1", "10.2.2.3", false)]
    [InlineData("Patient P1", "203.0.113.5", false)]
    [InlineData("Patient P1", null, false)]
    [InlineData("Archive owls-pacs", "10.1.2.3", false)]
    [InlineData("Study 1.2.1", "10.2.2.3", true)]
    public async Task Where_a_resource_lies_at_no_site_the_clock_is_that_of_the_network(string resource, string? sourceIp, bool within) =>
        (await hospital.MayAsync("anyone", "hours", resource, "2026-03-02T10:00:00Z", sourceIp)).ShouldBe(within);

    [Theory]
    [InlineData("2026-03-29T00:59:59Z", false)]
    [InlineData("2026-03-29T01:00:00Z", true)]
    [InlineData("2026-10-25T00:59:59Z", true)]
    [InlineData("2026-10-25T01:00:00Z", false)]
    public async Task The_offset_is_that_of_the_instant(string at, bool summer) =>
        (await hospital.MayAsync("anyone", "summer", "Study 1.2.1", at)).ShouldBe(summer);

    [Theory]
    [InlineData("10.1.2.3", "known wards ip4")]
    [InlineData("10.1.255.255", "known wards ip4")]
    [InlineData("10.2.0.1", "known lab ip4")]
    [InlineData("10.3.0.1", "ip4")]
    [InlineData("203.0.113.5", "ip4")]
    [InlineData("::ffff:10.1.2.3", "known wards ip4")]
    [InlineData("::ffff:203.0.113.5", "ip4")]
    [InlineData("2001:db8:1::5", "known wards6")]
    [InlineData("2001:db8:2::5", "")]
    [InlineData(null, "")]
    public async Task An_address_belongs_to_the_network_that_has_it(string? sourceIp, string expected)
    {
        var found = new List<string>();
        foreach (string probe in (string[])["known", "wards", "wards6", "lab", "ip4"])
        {
            if (await hospital.MayAsync("anyone", probe, "System hospital", sourceIp: sourceIp))
            {
                found.Add(probe);
            }
        }

        string.Join(' ', found).ShouldBe(expected);
    }

    [Fact]
    public async Task A_study_lies_in_its_department_and_at_the_site_of_that()
    {
        (await PermittedAsync("anyone", "at-north")).ShouldBe("Study 1.2.1, Archive north-pacs");
        (await PermittedAsync("anyone", "in-radiology")).ShouldBe("Study 1.2.1");
    }

    [Theory]
    [InlineData("nobody", "read", "Study 1.2.1", "not_permitted")]
    [InlineData("nobody", "read", "Study 9.9.9", "study_unknown")]
    [InlineData("nobody", "read", "Study not-a-uid", "study_unknown")]
    [InlineData("nobody", "study.store", "Study 9.9.9", "not_permitted")]
    [InlineData("storer", "study.store", "Study 9.9.9", "permitted")]
    [InlineData("storer", "read", "Study 9.9.9", "study_unknown")]
    [InlineData("storer", "read", "Study 1.2.1", "permitted")]
    [InlineData("storer", "broken", "Study 1.2.1", "policy_error")]
    public async Task What_is_not_known_is_refused_with_its_reason(string subject, string action, string resource, string reason)
    {
        await hospital.GiveAsync("storer", "everywhere");

        JsonNode answer = await hospital.AskAsync(subject, action, resource);

        answer["context"]!["reason"]!.GetValue<string>().ShouldBe(reason);
        answer["decision"]!.GetValue<bool>().ShouldBe(reason == "permitted");
        answer["context"]!["reason_user"]!["en"]!.GetValue<string>().ShouldNotContain("has been told");
    }

    [Fact]
    public async Task A_position_that_is_not_reached_is_503_and_one_that_is_reached_is_decided()
    {
        long reached = hospital.Host.Facts.Current.Position;

        using HttpResponseMessage early = await hospital.EvaluateAsync("nobody", "read", "Study 1.2.1", new { atPosition = reached + 1_000_000 });
        using HttpResponseMessage known = await hospital.EvaluateAsync("nobody", "read", "Study 1.2.1", new { atPosition = reached });

        early.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        early.Headers.GetValues("AccessGov-Error").ShouldBe(["position_not_reached"]);
        known.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<string> PermittedAsync(string subject, string action, int resources = int.MaxValue)
    {
        var permitted = new List<string>();
        foreach (string resource in Resources.Take(resources))
        {
            if (await hospital.MayAsync(subject, action, resource))
            {
                permitted.Add(resource);
            }
        }

        return string.Join(", ", permitted);
    }
}
