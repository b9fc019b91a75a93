using System.Net;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.Edge.Tests.Images;

public sealed class AskForImagesTests
{
    private const string Ct = $"/dicom-web/studies/{ArchiveStandIn.Study}";

    [Theory]
    [InlineData(Ct)]
    [InlineData(Ct + "/metadata")]
    [InlineData(Ct + "/series")]
    [InlineData("/dicom-web/studies?StudyInstanceUID=" + ArchiveStandIn.Study)]
    [InlineData("/dicom-web/studies?PatientID=4711")]
    [InlineData("/wado?requestType=WADO&studyUID=1.2.3&seriesUID=1.2.3.1&objectUID=1.2.3.1.1")]
    [InlineData("/studies/11111111-11111111-11111111-11111111-11111111")]
    public async Task An_emergency_access_opens_its_patient_s_images_with_a_mark(string target)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();
        edge.BreakGlass.IsAway = true;

        using HttpResponseMessage answer = await edge.ForwardAsync(access, target);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonNode obligations = JsonNode.Parse(answer.Headers.GetValues("AccessGov-Obligations").Single())!;
        obligations.AsArray().Select(obligation => obligation!["id"]!.GetValue<string>())
            .ShouldBe(["emergency-banner@1", "emergency-mark@1", "emergency-watermark@1"]);
    }

    [Theory]
    [InlineData("DRILL", true)]
    [InlineData("4711", false)]
    public async Task A_drill_is_called_one_wherever_it_is_shown(string patient, bool practice)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.Archive.Studies["1.2.9"] = [patient];
        string access = await edge.BeginAsync(patient, practice);

        using HttpResponseMessage answer = await edge.ForwardAsync(access, "/dicom-web/studies/1.2.9");

        JsonNode obligations = JsonNode.Parse(answer.Headers.GetValues("AccessGov-Obligations").Single())!;
        (string banner, string watermark) = (TextOf(obligations, 0), TextOf(obligations, 2));
        banner.StartsWith("DRILL. Emergency access until", StringComparison.Ordinal).ShouldBe(practice, banner);
        watermark.StartsWith("DRILL EMERGENCY ACCESS ada", StringComparison.Ordinal).ShouldBe(practice, watermark);
        obligations[1]!["properties"]!["practice"]!.GetValue<bool>().ShouldBe(practice);
    }

    [Theory]
    [InlineData("GET", "/dicom-web/studies/" + ArchiveStandIn.StudyOfOther, "other_patient")]
    [InlineData("GET", "/dicom-web/studies?PatientID=4712", "other_patient")]
    [InlineData("GET", "/studies/22222222-11111111-11111111-11111111-11111111", "other_patient")]
    [InlineData("GET", "/dicom-web/studies/" + ArchiveStandIn.StudyOfTwo, "study_unknown")]
    [InlineData("GET", "/dicom-web/studies/9.9.9", "study_unknown")]
    [InlineData("GET", "/dicom-web/studies", "reading_only")]
    [InlineData("DELETE", "/studies/11111111-11111111-11111111-11111111-11111111", "reading_only")]
    [InlineData("GET", "/studies/11111111-11111111-11111111-11111111-11111111/archive", "reading_only")]
    [InlineData("POST", Ct, "reading_only")]
    [InlineData("GET", Ct + "/..", "reading_only")]
    [InlineData("GET", "/instances/11111111-11111111-11111111-11111111-11111111/preview", "reading_only")]
    public async Task And_nothing_else(string method, string target, string reason)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();

        (await edge.ReasonAsync(access, target, method)).ShouldBe((HttpStatusCode.Forbidden, reason));
        await Eventually.HoldsAsync(
            () => edge.BreakGlass.Lines.Any(line => line.Kind == "refused" && line.Reason == reason && line.Case == access.Split('.')[0]),
            "that it was tried is written down with the case");
    }

    [Fact]
    public async Task A_patient_s_id_in_another_case_is_another_patient_s()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        edge.Archive.Studies["1.2.7"] = ["abc"];
        edge.Archive.Studies["1.2.8"] = ["ABC"];
        string access = await edge.BeginAsync("abc");

        (await edge.ReasonAsync(access, "/dicom-web/studies?PatientID=abc")).Reason.ShouldBe("study_unknown");
        (await edge.ReasonAsync(access, "/dicom-web/studies/1.2.7")).Reason.ShouldBe("emergency_access");
        (await edge.ReasonAsync(access, "/dicom-web/studies/1.2.8")).Reason.ShouldBe("other_patient");
    }

    [Fact]
    public async Task Without_an_emergency_access_it_says_what_to_do_while_AccessGov_is_away()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();

        using HttpResponseMessage answer = await edge.ForwardAsync(null, Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.GetValues("AccessGov-Reason").Single().ShouldBe("accessgov_unavailable");
        answer.Headers.GetValues("AccessGov-Reason-Text").Single().ShouldContain("/emergency-access");
    }

    [Fact]
    public async Task A_token_that_the_edge_did_not_give_opens_nothing()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();
        string id = access.Split('.')[0];

        foreach (string forged in new[] { id, id + ".", id + ".AAAA", $"{Guid.NewGuid()}.{access.Split('.')[1]}", access + "A" })
        {
            (await edge.ReasonAsync(forged, Ct)).ShouldBe((HttpStatusCode.Forbidden, "access_unknown"));
        }
    }

    [Fact]
    public async Task It_is_over_when_its_time_is()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();
        edge.Clock.Move(TimeSpan.FromHours(4) + TimeSpan.FromSeconds(1));

        (await edge.ReasonAsync(access, Ct)).Reason.ShouldBe("access_unknown");
    }

    [Fact]
    public async Task It_is_over_when_its_clinician_ends_it_also_after_a_restart()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "emergency-access/end");
        request.Headers.Add("AccessGov-Emergency-Access", access);
        using HttpResponseMessage ended = await edge.Client.SendAsync(request);

        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await edge.ReasonAsync(access, Ct)).Reason.ShouldBe("access_unknown");
        await edge.AgainAsync();
        (await edge.ReasonAsync(access, Ct)).Reason.ShouldBe("access_unknown");
    }

    [Fact]
    public async Task It_stays_good_when_the_edge_starts_again_without_AccessGov()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();
        edge.BreakGlass.IsAway = true;
        await edge.AgainAsync();

        (await edge.ReasonAsync(access, Ct)).ShouldBe((HttpStatusCode.OK, "emergency_access"));
    }

    [Fact]
    public async Task An_archive_that_does_not_answer_is_said_to_be_away()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();
        edge.Archive.IsAway = true;

        (await edge.ReasonAsync(access, Ct)).ShouldBe((HttpStatusCode.ServiceUnavailable, "archive_unavailable"));
    }

    [Fact]
    public async Task A_proxy_without_its_secret_is_not_answered()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync(("ProxySecret", "0123456789abcdef"));
        string access = await edge.BeginAsync();

        (await edge.ReasonAsync(access, Ct)).ShouldBe((HttpStatusCode.Unauthorized, "proxy_unknown"));
    }

    [Fact]
    public async Task What_is_opened_is_written_down_once_a_minute_with_the_viewer_s_address()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string access = await edge.BeginAsync();
        for (int i = 0; i < 5; i++)
        {
            (await edge.ReasonAsync(access, Ct)).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await edge.ReasonAsync(access, Ct + "/metadata")).Status.ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync(
            () => edge.BreakGlass.Lines.Count(line => line.Kind == "accessed") == 2, "both are merged");
        edge.BreakGlass.Lines.Where(line => line.Kind == "accessed").Select(line => (line.Action, line.Study, line.Address))
            .ShouldBe([("study.retrieve", "1.2.3", "10.1.2.3"), ("study.read-metadata", "1.2.3", "10.1.2.3")]);
    }

    private static string TextOf(JsonNode obligations, int index) => obligations[index]!["properties"]!["text"]!.GetValue<string>();
}
