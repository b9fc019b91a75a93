using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.PolicyDecision.Tests.Studies;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.ForwardAuth;

public sealed class ForwardAuthEndpointTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Study = "/dicom-web/studies/1.2.840.1";

    [Fact]
    public async Task A_permit_is_200_with_the_reason_and_the_evaluation_in_headers()
    {
        var evaluator = new RecordingEvaluator();
        await using StudyHost host = await HostAsync(evaluator);
        using HttpResponseMessage answer = await AskAsync(host, host.TokenOf("ada"), "GET", Study, forwardedFor: "198.51.100.7");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        Header(answer, "AccessGov-Reason").ShouldBe("permitted");
        Guid.TryParse(Header(answer, "AccessGov-Evaluation"), out _).ShouldBeTrue();
        (evaluator.Asked.ShouldHaveSingleItem() with { Support = null }).ShouldBe(new EvaluationQuestion(
            "User", "ada", "study.retrieve", "Study", "1.2.840.1", "forward-auth", IPAddress.Parse("198.51.100.7"), "dicomweb",
            Header(answer, "X-Request-ID"), null, $"GET {Study}", new EnforcementPointContext()));
    }

    [Fact]
    public async Task How_strongly_and_when_the_person_signed_in_is_part_of_the_question()
    {
        (var evaluator, DateTimeOffset signedIn) = (new RecordingEvaluator(), DateTimeOffset.UnixEpoch.AddYears(50));
        await using StudyHost host = await HostAsync(evaluator);
        using HttpResponseMessage answer = await AskAsync(host, host.TokenOf("ada", "https://refeds.org/profile/mfa", signedIn), "GET", Study);
        evaluator.Asked.ShouldHaveSingleItem().Context.ShouldBe(new EnforcementPointContext(AssuranceLevel: 2, AuthenticatedAt: signedIn));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("notification", "notification")]
    public async Task The_proxy_is_asked_for_as_one_that_carries_out_what_is_configured_and_nothing_else(string configured, string asked)
    {
        var evaluator = new RecordingEvaluator();
        await using StudyHost host = configured.Length == 0 ? await HostAsync(evaluator) : await HostAsync(evaluator, ("SupportedObligations:0", configured));
        using HttpResponseMessage answer = await AskAsync(host, host.TokenOf("ada"), "GET", Study);
        string.Join(' ', evaluator.Asked.ShouldHaveSingleItem().Support!.Types).ShouldBe(asked);
        evaluator.Asked[0].Support!.BytesMax.ShouldBe(2_000);
    }

    [Theory]
    [InlineData("permitted", 10, true)]
    [InlineData("forbidden", 10, true)]
    [InlineData("forbidden", 3_000, false)]
    public async Task Obligations_travel_whole_in_one_header_of_ASCII_or_not_at_all(string reason, int length, bool told)
    {
        string properties = """{"name":"TEXT"}""".Replace("TEXT", string.Concat(Enumerable.Repeat(@"\u00fc", length)));
        var obligation = new Obligation("mark@1", "custom", Encoding.UTF8.GetBytes(properties), ReceiptRequired: false);
        await using StudyHost host = await HostAsync(new RecordingEvaluator(_ => (reason, null)) { Obligations = [obligation] });
        using HttpResponseMessage answer = await AskAsync(host, host.TokenOf("ada"), "GET", Study);
        string? header = Header(answer, "AccessGov-Obligations");
        (header is not null).ShouldBe(told);
        (header ?? "[]").ShouldAllBe(character => character >= ' ' && character <= '~');
    }

    [Fact]
    public async Task A_denial_is_403_with_the_reason_in_ASCII()
    {
        await using StudyHost host = await HostAsync(new RecordingEvaluator(_ => ("forbidden", "Nur während der Arbeitszeit: 100 %.\r\nX: y")));
        using HttpResponseMessage answer = await AskAsync(host, host.TokenOf("ada"), "GET", Study);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        Header(answer, "AccessGov-Reason").ShouldBe("forbidden");
        Header(answer, "AccessGov-Reason-Text").ShouldBe("Nur w%C3%A4hrend der Arbeitszeit: 100 %25.%0D%0AX: y");
        Uri.UnescapeDataString(Header(answer, "AccessGov-Reason-Text")!).ShouldStartWith("Nur während");
        (await answer.Content.ReadAsStringAsync()).ShouldContain("urn:accessgov:policy-decision:forbidden");
    }

    [Fact]
    public async Task An_unknown_study_looks_like_one_that_is_not_permitted()
    {
        await using StudyHost host = await HostAsync(new RecordingEvaluator(question => (question.ResourceId == "1.2.840.1" ? "study_unknown" : "not_permitted", "Something.")));
        await Eventually.HoldsAsync(() => host.Get<AccessGov.PolicyDecision.Studies.StudyNews>().Listening, "the index listens");
        using HttpResponseMessage unknown = await AskAsync(host, host.TokenOf("ada"), "GET", Study);
        using HttpResponseMessage known = await AskAsync(host, host.TokenOf("ada"), "GET", Study + "2");
        using HttpResponseMessage hash = await AskAsync(host, host.TokenOf("ada"), "GET", "/studies/8a8cf898-ca27c490-d0c7058c-929d0581-2bbf104d");
        foreach (HttpResponseMessage answer in new[] { unknown, hash })
        {
            answer.StatusCode.ShouldBe(known.StatusCode);
            Visible(answer).ShouldBe(Visible(known));
        }
    }

    [Fact]
    public async Task What_is_not_understood_is_asked_as_an_unknown_operation_and_denied()
    {
        var evaluator = new RecordingEvaluator();
        await using StudyHost host = await HostAsync(evaluator);
        foreach (string target in new[] { "/dicom-web/studies/x/../1.2", "/nothing", "/studies?_method=delete" })
        {
            using HttpResponseMessage answer = await AskAsync(host, host.TokenOf("ada"), "GET", target);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            Header(answer, "AccessGov-Reason").ShouldBe("operation_unknown");
        }

        evaluator.Asked.ShouldAllBe(question => question.RefusedAs == "operation_unknown" && question.ResourceType == "Archive");
    }

    [Theory]
    [InlineData("X-HTTP-Method-Override", "DELETE")]
    [InlineData("X-Http-Method", "DELETE")]
    public async Task A_header_that_replaces_the_method_is_denied(string name, string value)
    {
        await using StudyHost host = await HostAsync();
        using HttpResponseMessage answer = await AskAsync(host, host.TokenOf("ada"), "GET", Study, more: (name, value));
        Header(answer, "AccessGov-Reason").ShouldBe("operation_unknown");
    }

    [Fact]
    public async Task A_target_that_is_said_twice_or_not_at_all_is_denied()
    {
        await using StudyHost host = await HostAsync();
        using HttpResponseMessage twice = await AskAsync(host, host.TokenOf("ada"), "GET", Study, more: ("X-Original-URI", "/app/"));
        Header(twice, "AccessGov-Reason").ShouldBe("operation_unknown");
        using HttpResponseMessage none = await AskAsync(host, host.TokenOf("ada"), null, null);
        Header(none, "AccessGov-Reason").ShouldBe("operation_unknown");
    }

    [Fact]
    public async Task Only_the_configured_proxys_headers_count()
    {
        var evaluator = new RecordingEvaluator();
        await using StudyHost host = await HostAsync(evaluator, ("Proxy", "Traefik"));
        using HttpResponseMessage answer = await AskAsync(host, host.TokenOf("ada"), "GET", "/app/", more: ("X-Forwarded-Uri", Study), another: ("X-Forwarded-Method", "DELETE"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        evaluator.Asked.ShouldHaveSingleItem().Action.ShouldBe("study.delete");
    }

    [Fact]
    public async Task Envoy_asks_with_the_target_behind_the_prefix_and_dot_segments_lead_nowhere_else()
    {
        var evaluator = new RecordingEvaluator();
        await using StudyHost host = await HostAsync(evaluator, ("Proxy", "Envoy"));
        string permitted = await RawHttp.SendAsync(host, $"DELETE /forward-auth{Study} HTTP/1.1", host.TokenOf("ada"));
        permitted.ShouldStartWith("HTTP/1.1 200");
        evaluator.Asked.ShouldHaveSingleItem().Action.ShouldBe("study.delete");
        foreach (string target in new[] { "/forward-auth/../health/live", "/forward-auth/%2e%2e/health/live", "/forward-auth/x/../../health/live", "/forward-auth", "/Forward-Auth/../health/live" })
        {
            (await RawHttp.SendAsync(host, $"GET {target} HTTP/1.1", host.TokenOf("ada"))).ShouldStartWith("HTTP/1.1 403", customMessage: target);
        }
    }

    [Fact]
    public async Task Nobody_without_a_good_token_gets_an_answer()
    {
        var evaluator = new RecordingEvaluator();
        await using StudyHost host = await HostAsync(evaluator);
        foreach ((string? token, string reason) in new[] { (null, "unauthenticated"), ("not.a.token", "invalid_token"), (host.TokenOf("ada") + "x", "invalid_token") })
        {
            using HttpResponseMessage answer = await AskAsync(host, token, "GET", Study);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.ToString().ShouldStartWith("Bearer realm=\"accessgov\"");
            Header(answer, "AccessGov-Reason").ShouldBe(reason);
        }

        evaluator.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_that_was_given_for_something_else_opens_nothing()
    {
        var evaluator = new RecordingEvaluator();
        await using StudyHost host = await HostAsync(evaluator);
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage answer = await AskAsync(host, host.TokenForOtherThings("ada"), "GET", Study);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            Header(answer, "AccessGov-Reason").ShouldBe("insufficient_scope");
        }

        evaluator.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machines_own_token_asks_as_a_service()
    {
        var evaluator = new RecordingEvaluator();
        await using StudyHost host = await HostAsync(evaluator);
        (await AskAsync(host, host.TokenOfMachine(), "POST", "/instances")).Dispose();
        evaluator.Asked.ShouldHaveSingleItem().SubjectType.ShouldBe("Service");
    }

    [Fact]
    public async Task A_proxy_without_its_secret_is_not_answered()
    {
        await using StudyHost host = await HostAsync(null, ("ProxySecret", "0123456789abcdef"));
        using HttpResponseMessage without = await AskAsync(host, host.TokenOf("ada"), "GET", Study);
        without.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Header(without, "AccessGov-Reason").ShouldBe("proxy_unknown");
        using HttpResponseMessage with = await AskAsync(host, host.TokenOf("ada"), "GET", Study, more: ("AccessGov-Proxy-Secret", "0123456789abcdef"));
        with.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_client_is_believed_to_be_elsewhere_only_by_a_trusted_proxys_word()
    {
        var evaluator = new RecordingEvaluator();
        await using StudyHost stranger = await HostAsync(evaluator, ("TrustedProxies:0", "203.0.113.0/24"));
        (await AskAsync(stranger, stranger.TokenOf("ada"), "GET", Study, forwardedFor: "198.51.100.7")).Dispose();
        evaluator.Asked[^1].SourceIp.ShouldBe(IPAddress.Loopback);
        await using StudyHost trusted = await HostAsync(evaluator);
        (await AskAsync(trusted, trusted.TokenOf("ada"), "GET", Study, forwardedFor: "198.51.100.7")).Dispose();
        evaluator.Asked[^1].SourceIp.ShouldBe(IPAddress.Parse("198.51.100.7"));
        (await AskAsync(trusted, trusted.TokenOf("ada"), "GET", Study)).Dispose();
        evaluator.Asked[^1].SourceIp.ShouldBeNull();
    }

    [Fact]
    public async Task Orthancs_hashes_become_the_study_and_the_patient_behind_them()
    {
        var evaluator = new RecordingEvaluator();
        await using StudyHost host = await HostAsync(evaluator);
        await ImportAsync(host, ("1.3.6.1.4.1.5962.1.2.1.20040119072730.12322", "1CT1"));
        (await AskAsync(host, host.TokenOf("ada"), "DELETE", "/studies/8a8cf898-ca27c490-d0c7058c-929d0581-2bbf104d")).Dispose();
        evaluator.Asked[^1].ShouldSatisfyAllConditions(
            question => question.ResourceType.ShouldBe("Study"), question => question.ResourceId.ShouldBe("1.3.6.1.4.1.5962.1.2.1.20040119072730.12322"));
        string patient = AccessGov.ArchiveRequests.OrthancIdentifier.OfPatient("1CT1");
        (await AskAsync(host, host.TokenOf("ada"), "GET", $"/patients/{patient}/archive")).Dispose();
        evaluator.Asked[^1].ShouldSatisfyAllConditions(
            question => question.ResourceType.ShouldBe("Patient"), question => question.ResourceId.ShouldBe("1CT1"),
            question => question.Context!.Destination.ShouldBe("media"));
    }

    [Fact]
    public async Task A_search_for_a_patient_whose_number_another_has_in_other_letters_is_a_search_of_everything()
    {
        var evaluator = new RecordingEvaluator();
        await using StudyHost host = await HostAsync(evaluator);
        await ImportAsync(host, ("1.2.3.1", "Case7"), ("1.2.3.2", "Lone7"));
        (await AskAsync(host, host.TokenOf("ada"), "GET", "/dicom-web/studies?PatientID=Case7")).Dispose();
        evaluator.Asked[^1].ResourceType.ShouldBe("Patient");
        await ImportAsync(host, ("1.2.3.3", "CASE7"));
        (await AskAsync(host, host.TokenOf("ada"), "GET", "/dicom-web/studies?PatientID=Case7")).Dispose();
        evaluator.Asked[^1].ResourceType.ShouldBe("Archive");
        (await AskAsync(host, host.TokenOf("ada"), "GET", "/dicom-web/studies?PatientID=lone7")).Dispose();
        evaluator.Asked[^1].ResourceType.ShouldBe("Archive");
    }

    private Task<StudyHost> HostAsync(RecordingEvaluator? evaluator = null, params (string Name, string Value)[] settings) =>
        StudyHost.StartAsync(postgres.ConnectionString, evaluator, new Dictionary<string, string?>(
            settings.Prepend(("TrustedProxies:0", "127.0.0.0/8")).DistinctBy(setting => setting.Item1 + setting.Item2)
                .Reverse().DistinctBy(setting => setting.Item1)
                .Select(setting => KeyValuePair.Create($"PolicyDecision:ForwardAuth:{setting.Item1}", (string?)setting.Item2)), StringComparer.Ordinal));

    private static async Task ImportAsync(StudyHost host, params (string Uid, string Patient)[] studies)
    {
        await Eventually.HoldsAsync(() => host.Get<AccessGov.PolicyDecision.Studies.StudyNews>().Listening, "the index listens");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/studies/import")
        {
            Content = JsonContent.Create(new { studies = studies.Select(study => new { studyInstanceUid = study.Uid, patientId = study.Patient }) }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.TokenOfMachine("studies.feed"));
        using HttpResponseMessage answer = await host.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<HttpResponseMessage> AskAsync(
        StudyHost host, string? token, string? method, string? target, string? forwardedFor = null, (string Name, string Value)? more = null, (string Name, string Value)? another = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/forward-auth");
        foreach ((string name, string? value) in new[] { ("X-Original-Method", method), ("X-Original-URI", target), ("X-Forwarded-For", forwardedFor) })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        foreach ((string Name, string Value)? header in new[] { more, another })
        {
            if (header is { } given)
            {
                request.Headers.TryAddWithoutValidation(given.Name, given.Value);
            }
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await host.Http.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;

    private static string Visible(HttpResponseMessage answer) =>
        string.Join('|', answer.Headers.Where(header => header.Key is not ("AccessGov-Evaluation" or "X-Request-ID" or "Date"))
            .OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}={string.Join(',', header.Value)}"));
}
