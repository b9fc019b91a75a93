using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AccessGov.PolicyDecision.Studies;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Studies;

public sealed class StudyIndexTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task An_imported_study_is_found_shown_replaced_and_removed()
    {
        await using StudyHost host = await HostAsync();
        JsonElement first = await ImportAsync(host, new
        {
            studyInstanceUid = "1.2.1", patientId = "P1", department = "north-radiology", modality = new[] { "MR", "CT", "CT" }, studyDate = "20260131",
            labels = new[] { "vip" }, finalized = true, accessionNumber = "A1", referringPhysician = "rita",
        });
        first.GetProperty("imported").GetInt32().ShouldBe(1);
        StudyFacts found = (await host.Get<IStudyIndex>().FindAsync("1.2.1", default)).ShouldNotBeNull();
        found.PatientId.ShouldBe("P1");
        found.Modality.ShouldBe(["CT", "MR"]);
        found.StudyDate.ShouldBe(new DateOnly(2026, 1, 31));
        found.Finalized.ShouldBeTrue();

        await ImportAsync(host, new { studyInstanceUid = "1.2.1", patientId = "P2", studyDate = "2026-02-01" });
        StudyFacts replaced = (await host.Get<IStudyIndex>().FindAsync("1.2.1", default)).ShouldNotBeNull();
        (replaced.PatientId, replaced.Department, replaced.Finalized).ShouldBe(("P2", null, false));

        using HttpResponseMessage shown = await SendAsync(host, HttpMethod.Get, "/studies/1.2.1", "facts.read");
        (await shown.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("patientId").GetString().ShouldBe("P2");

        using HttpResponseMessage removed = await SendAsync(host, HttpMethod.Delete, "/studies/1.2.1", "studies.feed");
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.Get<IStudyIndex>().FindAsync("1.2.1", default)).ShouldBeNull();
        using HttpResponseMessage again = await SendAsync(host, HttpMethod.Delete, "/studies/1.2.1", "studies.feed");
        again.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Wrong_items_are_refused_one_by_one_and_their_neighbours_imported()
    {
        await using StudyHost host = await HostAsync();
        using HttpResponseMessage answer = await PostAsync(host, """
            {"studies":[
              {"studyInstanceUid":"1.3.1","patientId":"P1"},
              {"studyInstanceUid":"1.3.x","patientId":"P1"},
              {"studyInstanceUid":"1..3","patientId":"P1"},
              {"studyInstanceUid":"1.3.2"},
              {"studyInstanceUid":"1.3.3","patientId":""},
              {"studyInstanceUid":"1.3.4","patientId":" P"},
              {"studyInstanceUid":"1.3.5","patientId":"P\u0000"},
              {"studyInstanceUid":"1.3.6","patientId":"P\ud800"},
              {"studyInstanceUid":"1.3.7","patientId":"P","studyDate":"20261301"},
              {"studyInstanceUid":"1.3.8","patientId":"P","modality":"CT"},
              {"studyInstanceUid":"1.3.9","patientId":"P","modality":["CTCTCTCTCTCTCTCTCT"]},
              {"studyInstanceUid":"1.3.1","patientId":"P9"},
              7, null, "1.3.1", [],
              {"studyInstanceUid":"1.3.10","patientId":"P1","unknown":{"x":1}}
            ]}
            """);
        JsonElement body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body.ToString());
        body.GetProperty("results").EnumerateArray().Select(result => result.TryGetProperty("code", out JsonElement code) ? code.GetString() : "-").ShouldBe(
        [
            "-", "uid_invalid", "uid_invalid", "malformed", "text_invalid", "text_invalid", "text_invalid", "malformed", "date_invalid", "malformed", "text_invalid",
            "duplicate", "malformed", "malformed", "malformed", "malformed", "-",
        ]);
        (await host.Get<IStudyIndex>().FindAsync("1.3.1", default))!.PatientId.ShouldBe("P1");
    }

    [Theory]
    [InlineData("""{"studies":[]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"studies":7}""", HttpStatusCode.BadRequest)]
    [InlineData("""{}""", HttpStatusCode.BadRequest)]
    [InlineData("""[""", HttpStatusCode.BadRequest)]
    [InlineData("""{"studies":[],"studies":[]}""", HttpStatusCode.BadRequest)]
    public async Task A_body_that_is_no_import_is_400(string body, HttpStatusCode expected)
    {
        await using StudyHost host = await HostAsync();
        using HttpResponseMessage answer = await PostAsync(host, body);
        answer.StatusCode.ShouldBe(expected);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("   at ");
    }

    [Fact]
    public async Task The_largest_import_fits_and_one_more_study_does_not()
    {
        await using StudyHost host = await HostAsync();
        object[] studies = [.. Enumerable.Range(0, ImportStudies.StudiesMax).Select(number => new { studyInstanceUid = $"1.4.{number}", patientId = $"P{number}" })];
        (await ImportAsync(host, studies)).GetProperty("imported").GetInt32().ShouldBe(ImportStudies.StudiesMax);
        using HttpResponseMessage tooMany = await PostAsync(host, JsonSerializer.Serialize(new { studies = studies.Append(new { studyInstanceUid = "1.4.9999", patientId = "P" }) }));
        tooMany.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Only_who_may_feed_feeds_and_only_who_may_read_reads()
    {
        await using StudyHost host = await HostAsync();
        using HttpResponseMessage nobody = await host.Http.GetAsync("/studies/1.2");
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using HttpResponseMessage reader = await SendAsync(host, HttpMethod.Delete, "/studies/1.2", "facts.read");
        reader.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using HttpResponseMessage feeder = await SendAsync(host, HttpMethod.Get, "/studies/1.2", "studies.feed");
        feeder.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using HttpResponseMessage odd = await SendAsync(host, HttpMethod.Get, "/studies/abc", "facts.read");
        odd.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_known_study_is_answered_from_memory_without_waiting()
    {
        await using StudyHost host = await HostAsync();
        await ImportAsync(host, new { studyInstanceUid = "1.5.1", patientId = "P1" });
        IStudyIndex index = host.Get<IStudyIndex>();
        await index.FindAsync("1.5.1", default);
        await Eventually.HoldsAsync(async () =>
        {
            // The notification of the import itself may still forget it once.
            await index.FindAsync("1.5.1", default);
            return index.FindAsync("1.5.1", default).AsTask().IsCompletedSuccessfully;
        }, "the study is in memory");
    }

    [Fact]
    public async Task Another_replicas_import_and_removal_are_seen_here()
    {
        await using StudyHost here = await HostAsync();
        await using StudyHost there = await HostAsync();
        await ImportAsync(there, new { studyInstanceUid = "1.6.1", patientId = "P1" });
        IStudyIndex index = here.Get<IStudyIndex>();
        await Eventually.HoldsAsync(async () => (await index.FindAsync("1.6.1", default))?.PatientId == "P1", "the import is seen");
        await ImportAsync(there, new { studyInstanceUid = "1.6.1", patientId = "P2" });
        await Eventually.HoldsAsync(async () => (await index.FindAsync("1.6.1", default))?.PatientId == "P2", "the change is seen");
        using HttpResponseMessage removed = await SendAsync(there, HttpMethod.Delete, "/studies/1.6.1", "studies.feed");
        await Eventually.HoldsAsync(async () => await index.FindAsync("1.6.1", default) is null, "the removal is seen");
    }

    [Fact]
    public async Task While_the_database_is_away_known_studies_are_still_known_and_the_others_cannot_be_asked()
    {
        await using PostgresServer server = await PostgresServer.StartPrivateAsync();
        string database = await server.CreateDatabaseAsync();
        await using StudyHost host = await StudyHost.StartAsync(database);
        StudyNews news = host.Get<StudyNews>();
        await Eventually.HoldsAsync(() => news.Listening, "the index listens");
        IStudyIndex index = host.Get<IStudyIndex>();
        await ImportAsync(host, new { studyInstanceUid = "1.7.1", patientId = "P1" });
        // The news of an import are told in order: when those of another replica's second one were heard, those of the first one can forget nothing any more.
        await using (StudyHost elsewhere = await StudyHost.StartAsync(database))
        {
            await ImportAsync(host, new { studyInstanceUid = "1.7.3", patientId = "P1" });
            (await index.FindAsync("1.7.3", default))!.PatientId.ShouldBe("P1");
            await ImportAsync(elsewhere, new { studyInstanceUid = "1.7.3", patientId = "P2" });
            await Eventually.HoldsAsync(async () => (await index.FindAsync("1.7.3", default))!.PatientId == "P2", "the news are heard");
        }

        (await index.FindAsync("1.7.1", default))!.PatientId.ShouldBe("P1");
        server.Kill();
        await Eventually.HoldsAsync(() => !news.Listening, "the loss is noticed");
        (await index.FindAsync("1.7.1", default))!.PatientId.ShouldBe("P1");
        await Should.ThrowAsync<StudyIndexUnavailableException>(async () => await index.FindAsync("1.7.2", default));
    }

    [Fact]
    public async Task A_study_that_two_patients_claim_is_unknown_and_said_to_be_ambiguous()
    {
        await using StudyHost host = await HostAsync();
        StudyWriter writer = host.Get<StudyWriter>();
        await ImportAsync(host, new { studyInstanceUid = "1.8.1", patientId = "P1" });
        await writer.FeedAsync("orthanc", null, [Row("1.8.1", "P2")], [], default);
        await Eventually.HoldsAsync(async () => await host.Get<IStudyIndex>().FindAsync("1.8.1", default) is null, "the contradiction is seen");
        using HttpResponseMessage shown = await SendAsync(host, HttpMethod.Get, "/studies/1.8.1", "facts.read");
        shown.StatusCode.ShouldBe(HttpStatusCode.Conflict);

        // An import says whose it is.
        await ImportAsync(host, new { studyInstanceUid = "1.8.1", patientId = "P1" });
        (await host.Get<IStudyIndex>().FindAsync("1.8.1", default))!.PatientId.ShouldBe("P1");
    }

    [Theory]
    [InlineData("1CT1", "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322", "8a8cf898-ca27c490-d0c7058c-929d0581-2bbf104d")]
    public void Orthancs_id_of_a_study_is_computed_as_Orthanc_does(string patient, string uid, string expected)
    {
        OrthancIdentifier.OfStudy(patient, uid).ShouldBe(expected);
        OrthancIdentifier.IsWellFormed(expected).ShouldBeTrue();
        OrthancIdentifier.OfPatient("").ShouldBe("da39a3ee-5e6b4b0d-3255bfef-95601890-afd80709");
    }

    internal static StudyRow Row(string uid, string patient) => new(
        uid, patient, null, null, ["CT"], null, null, [], false, null, "orthanc", OrthancIdentifier.OfStudy(patient, uid), OrthancIdentifier.OfPatient(patient), false);

    private async Task<StudyHost> HostAsync()
    {
        StudyHost host = await StudyHost.StartAsync(postgres.ConnectionString);
        await Eventually.HoldsAsync(() => host.Get<StudyNews>().Listening, "the index listens");
        return host;
    }

    private static async Task<JsonElement> ImportAsync(StudyHost host, params object[] studies)
    {
        using HttpResponseMessage answer = await PostAsync(host, JsonSerializer.Serialize(new { studies }));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<HttpResponseMessage> PostAsync(StudyHost host, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/studies/import") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.TokenOfMachine("studies.feed"));
        return await host.Http.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> SendAsync(StudyHost host, HttpMethod method, string path, string scope)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.TokenOfMachine(scope));
        return await host.Http.SendAsync(request);
    }
}
