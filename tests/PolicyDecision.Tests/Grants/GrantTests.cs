using System.Net;
using System.Text.Json.Nodes;
using AccessGov.PolicyDecision.Facts;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Grants;

public sealed class GrantTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        (await host.PutAsync("/roles/radiologist", new { description = "Reads images" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.PutAsync("/sites/north", new { name = "North", timeZone = "Europe/Vienna", departments = new[] { new { id = "north-radiology", name = "Radiology" } } }))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_grant_is_a_fact_when_the_answer_comes_and_none_after_it_is_revoked()
    {
        using HttpResponseMessage given = await GiveAsync("ada");
        given.StatusCode.ShouldBe(HttpStatusCode.Created);
        string id = await IdOfAsync(given);
        long position = PositionOf(given);
        host.Facts.Current.Position.ShouldBeGreaterThanOrEqualTo(position);
        GrantFact fact = GrantsOf("ada").ShouldHaveSingleItem();
        (fact.GrantId, fact.Role, fact.Scope).ShouldBe((id, "radiologist", new GrantScope(GrantScopeKind.Department, "north-radiology")));

        using HttpResponseMessage revoked = await host.PostAsync($"/grants/{id}/revoke", new { reason = "moved" });
        revoked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        PositionOf(revoked).ShouldBeGreaterThan(position);
        GrantsOf("ada").ShouldBeEmpty();

        // Twice is once: nothing is appended, and it is no error.
        (await host.PostAsync($"/grants/{id}/revoke", new { reason = "moved" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.Store.LoadAsync($"grant-{id}")).Version.ShouldBe(2);
    }

    [Fact]
    public async Task The_list_says_who_gave_and_who_took_it_back_and_when()
    {
        string id = await IdOfAsync(await GiveAsync("lise"));
        await host.PostAsync($"/grants/{id}/revoke", new { reason = "moved" });
        JsonNode? item = null;
        await Eventually.HoldsAsync(
            async () => (item = (await host.GetAsync("/grants?subject=lise"))["grants"]!.AsArray().SingleOrDefault())?["revokedBy"] is not null, "the list shows the revocation");
        item!["givenBy"]!.GetValue<string>().ShouldBe("grace");
        item["revokedBy"]!.GetValue<string>().ShouldBe("grace");
        item["reason"]!.GetValue<string>().ShouldBe("hired");
        item["scope"]!["kind"]!.GetValue<string>().ShouldBe("department");
        item["active"]!.GetValue<bool>().ShouldBeFalse();
        item["givenAt"]!.GetValue<DateTimeOffset>().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(10));
        (await host.GetAsync("/grants?subject=lise&active=true"))["grants"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        for (int i = 0; i < 5; i++)
        {
            await GiveAsync("paged");
        }

        await Eventually.HoldsAsync(async () => (await host.GetAsync("/grants?subject=paged"))["grants"]!.AsArray().Count == 5, "five grants are listed");
        var seen = new List<string>();
        string? after = null;
        do
        {
            JsonNode page = await host.GetAsync($"/grants?subject=paged&limit=2{(after is null ? "" : $"&after={after}")}");
            seen.AddRange(page["grants"]!.AsArray().Select(item => item!["id"]!.GetValue<string>()));
            after = page["next"]?.GetValue<string>();
        }
        while (after is not null);
        seen.Count.ShouldBe(5);
        seen.ShouldBeUnique();
        (await host.SendAsync(HttpMethod.Get, "/grants?limit=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_command_repeated_with_its_key_gets_the_first_answer()
    {
        using HttpResponseMessage first = await GiveAsync("repeated", ("Idempotency-Key", "k-1"));
        using HttpResponseMessage second = await GiveAsync("repeated", ("Idempotency-Key", "k-1"));
        second.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await IdOfAsync(second)).ShouldBe(await IdOfAsync(first));
        GrantsOf("repeated").ShouldHaveSingleItem();
        await GiveAsync("repeated", ("Idempotency-Key", "k-2"));
        GrantsOf("repeated").Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_key_that_comes_back_with_another_command_is_refused_and_nothing_is_done()
    {
        using HttpResponseMessage first = await GiveAsync("rvx", ("Idempotency-Key", "rv-1"));
        using HttpResponseMessage other = await GiveAsync("rvy", ("Idempotency-Key", "rv-1"));
        await Refusal.ShouldBeAsync(other, 409, "idempotency_key_reused");
        other.Headers.RetryAfter.ShouldBeNull();
        GrantsOf("rvy").ShouldBeEmpty();
        (await IdOfAsync(await GiveAsync("rvx", ("Idempotency-Key", "rv-1")))).ShouldBe(await IdOfAsync(first));
    }

    [Fact]
    public async Task An_import_with_a_key_of_another_import_has_its_items_refused()
    {
        (await ImportAsync("first")).ShouldBe("accepted");
        (await ImportAsync("second")).ShouldBe("refused");
        (await ImportAsync("first")).ShouldBe("unchanged");
        GrantsOf("import-second").ShouldBeEmpty();

        async Task<string> ImportAsync(string who)
        {
            object[] grants = [new { subjectId = $"import-{who}", role = "radiologist", scope = new { kind = "everywhere" }, reason = "x" }];
            using HttpResponseMessage answer = await host.PostAsync("/grants/import", new { grants }, ("Idempotency-Key", "rv-import"));
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["results"]![0]!["status"]!.GetValue<string>();
        }
    }

    [Fact]
    public async Task One_clients_keys_are_not_anothers()
    {
        string[] ids = await Task.WhenAll(new[] { "console", "hr-feed" }.Select(async client => await IdOfAsync(await host.SendAsync(
            HttpMethod.Post, "/grants", """{"subjectId":"shared","role":"radiologist","scope":{"kind":"everywhere"},"reason":"x"}""",
            host.TokenOfClient(client, "grants.manage"), ("Idempotency-Key", "same")))));
        ids.ShouldBeUnique();
        GrantsOf("shared").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Twenty_at_once_with_one_key_are_one()
    {
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => GiveAsync("hurried", ("Idempotency-Key", "k-3"))));
        string[] ids = await Task.WhenAll(answers.Select(IdOfAsync));
        ids.Distinct().ShouldHaveSingleItem();
        GrantsOf("hurried").ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("""{"subjectId":"ada","role":"wizard","scope":{"kind":"everywhere"},"reason":"x"}""", 409, "role_unknown")]
    [InlineData("""{"subjectId":"ada","role":"radiologist","scope":{"kind":"site"},"reason":"x"}""", 400, "scope_id_required")]
    [InlineData("""{"subjectId":"ada","role":"radiologist","scope":{"kind":"site","id":"mars"},"reason":"x"}""", 409, "site_unknown")]
    [InlineData("""{"subjectId":"ada","role":"radiologist","scope":{"kind":"department","id":"mars"},"reason":"x"}""", 409, "department_unknown")]
    [InlineData("""{"subjectId":"ada","role":"radiologist","scope":{"kind":"everywhere"},"reason":" "}""", 400, "reason_required")]
    [InlineData("""{"subjectId":"ada","role":"radiologist","scope":{"kind":"everywhere"},"reason":"x\u0000"}""", 400, "reason_malformed")]
    public async Task A_refusal_has_its_status_and_its_type(string json, int status, string code) =>
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Post, "/grants", json), status, code);

    [Fact]
    public async Task A_grant_that_is_not_there_cannot_be_revoked() =>
        await Refusal.ShouldBeAsync(await host.PostAsync("/grants/none/revoke", new { reason = "x" }), 404, "grant_unknown");

    [Fact]
    public async Task Whoever_has_not_the_scope_is_refused()
    {
        (await host.SendAsync(HttpMethod.Post, "/grants", "{}", host.Token("facts.read"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await host.SendAsync(HttpMethod.Post, "/grants", "{}", "nonsense")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await host.SendAsync(HttpMethod.Get, "/grants", null, host.Token("grants.manage"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Five_thousand_grants_come_in_one_call_each_with_its_result()
    {
        object[] grants = [.. Enumerable.Range(0, 5_000).Select(i => (object)new
        {
            subjectId = $"import-{i % 100}", role = i == 17 ? "wizard" : "radiologist", scope = new { kind = "patient", id = $"P{i}" }, reason = "import",
        })];
        grants[18] = new { subjectId = 18 };
        using HttpResponseMessage answer = await host.PostAsync("/grants/import", new { grants }, ("Idempotency-Key", "import-1"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonNode body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        (body["accepted"]!.GetValue<int>(), body["refused"]!.GetValue<int>()).ShouldBe((4_998, 2));
        body["results"]![17]!["code"]!.GetValue<string>().ShouldBe("role_unknown");
        body["results"]![18]!["code"]!.GetValue<string>().ShouldBe("malformed_item");
        host.Facts.Current.Position.ShouldBeGreaterThanOrEqualTo(PositionOf(answer));
        Enumerable.Range(0, 100).Sum(i => GrantsOf($"import-{i}").Length).ShouldBe(4_998);

        using HttpResponseMessage again = await host.PostAsync("/grants/import", new { grants }, ("Idempotency-Key", "import-1"));
        JsonNode.Parse(await again.Content.ReadAsStringAsync())!["unchanged"]!.GetValue<int>().ShouldBe(4_998);
        Enumerable.Range(0, 100).Sum(i => GrantsOf($"import-{i}").Length).ShouldBe(4_998);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5_001)]
    public async Task An_import_has_a_bound(int count) => await Refusal.ShouldBeAsync(
        await host.PostAsync("/grants/import", new { grants = Enumerable.Repeat(new { }, count) }), 400, "too_many_items");

    private Task<HttpResponseMessage> GiveAsync(string subjectId, params (string, string)[] headers) => host.PostAsync(
        "/grants", new { subjectId, role = "radiologist", scope = new { kind = "department", id = "north-radiology" }, reason = "hired" }, headers);

    private System.Collections.Immutable.ImmutableArray<GrantFact> GrantsOf(string user) =>
        host.Facts.Current.Subjects.GetValueOrDefault(new SubjectKey("User", user), SubjectFacts.None).Grants;

    private static async Task<string> IdOfAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();

    private static long PositionOf(HttpResponseMessage answer) => long.Parse(answer.Headers.GetValues("AccessGov-Position").Single());
}
