using System.Text.Json.Nodes;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Roles;
using AccessGov.PolicyDecision.Tests.Evaluation;
using AccessGov.Testing;
using static AccessGov.PolicyDecision.Tests.Answers;

namespace AccessGov.PolicyDecision.Tests.Matrix;

/// <summary>The permission matrix of the real service: now and before, the difference, and the rights that nobody used.</summary>
public sealed class MatrixTests : IAsyncLifetime
{
    private const string Cedar = """
        @id("read") permit (principal in Reader::"radiologist", action == Action::"study.view", resource);
        @id("=write") permit (principal in Role::"radiologist", action == Action::"study.annotate", resource);
        @id("closed") forbid (principal, action == Action::"study.annotate", resource) unless { context.knownNetwork };
        """;

    // Ahead of the database's clock, so that what it has recorded is over.
    private readonly SettableClock clock = new(DateTimeOffset.UtcNow.AddHours(1));
    private PolicyDecisionHost host = null!;
    private string before = "";

    public async Task InitializeAsync()
    {
        host = await PolicyDecisionHost.StartAsync(clock: clock);
        await DoneAsync(host.PutAsync("/roles/radiologist", new { description = "Reads images" }));
        await DoneAsync(host.PutAsync("/sites/north", new { name = "North", timeZone = "UTC", departments = new[] { new { id = "rad", name = "R" } } }));
        await DoneAsync(host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "p.cedar", text = Cedar } }, comment = "c" }));
        before = await host.NowAsync();
        await DoneAsync(host.PutAsync("/roles/helper", new { description = "Helps", permissions = new[] { "study.view" } }));
        await DoneAsync(GiveAsync("ada", "department", "rad"));
        await DoneAsync(GiveAsync("bob", "department", "rad"));
        await DoneAsync(GiveAsync("ada", "patient", "P1"));
        await DoneAsync(host.PostAsync("/grants", new { subjectId = "carla", role = "radiologist", scope = new { kind = "everywhere" }, reason = "x", from = clock.Now.AddDays(200) }));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_matrix_says_what_each_role_gives_and_where_it_is_held()
    {
        JsonNode matrix = await host.GetAsync("/permission-matrix");
        matrix["cells"]!.AsArray().Select(cell => $"{cell!["role"]} {cell["action"]} {cell["full"]} {cell["readOnly"]} {string.Join(',', cell["permits"]!.AsArray())}").ShouldBe(
        [
            "helper study.annotate NotGranted NotGranted ", "helper study.view Permitted NotGranted role:helper",
            "radiologist study.annotate PermittedUnderConditions NotGranted =write", "radiologist study.view Permitted Permitted read",
        ]);
        matrix["scopes"]!.AsArray().Select(scope => $"{scope!["role"]} {scope["scope"]} {scope["subjects"]} {scope["grants"]}")
            .ShouldBe(["radiologist department/rad 2 2", "radiologist patient 1 1"]);
    }

    [Fact]
    public async Task As_csv_each_right_has_a_line_for_each_scope_and_no_formula()
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, "/permission-matrix?format=csv");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        string[] lines = (await answer.Content.ReadAsStringAsync()).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(6);
        lines[1].ShouldBe("\"helper\",\"study.view\",\"\",\"Permitted\",\"NotGranted\",\"0\",\"role:helper\",\"\"");
        lines[2].ShouldBe("\"radiologist\",\"study.annotate\",\"department/rad\",\"PermittedUnderConditions\",\"NotGranted\",\"2\",\"'=write\",\"closed\"");
    }

    [Fact]
    public async Task The_difference_to_an_earlier_date_names_what_came()
    {
        (await host.GetAsync($"/permission-matrix?at={before}"))["scopes"]!.AsArray().ShouldBeEmpty();
        JsonNode difference = await host.GetAsync($"/permission-matrix/difference?from={before}");
        difference["cells"]!.AsArray().Select(cell => $"{cell!["role"]} {cell["action"]} {cell["before"]} {cell["after"]!["full"]}")
            .ShouldBe(["helper study.annotate  NotGranted", "helper study.view  Permitted"]);
        difference["scopes"]!.AsArray().Select(scope => $"{scope!["scope"]} {scope["subjectsBefore"]} {scope["subjectsAfter"]}").ShouldBe(["department/rad 0 2", "patient 0 1"]);
        JsonNode sinceLastQuarter = await host.GetAsync("/permission-matrix/difference");
        sinceLastQuarter["cells"]!.AsArray().Select(cell => $"{cell!["role"]}").Distinct(StringComparer.Ordinal).ShouldContain("helper", "what is younger than the quarter begins with itself");
        string now = await host.NowAsync();
        (await host.GetAsync($"/permission-matrix/difference?from={now}&to={now}"))["cells"]!.AsArray().ShouldBeEmpty();
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/permission-matrix/difference?from={now}&to={before}"), 400, "span_malformed");
    }

    [Fact]
    public async Task Rights_that_a_holder_used_are_not_among_the_unused()
    {
        (await UnusedAsync()).ShouldBe("helper study.view 0; radiologist study.annotate 2; radiologist study.view 2");

        // What was denied was not used: she is in no known network.
        await AskAsync("ada", "study.annotate", permitted: false);
        await AskAsync("ada", "study.view", permitted: true);
        await Eventually.HoldsAsync(async () => await UnusedAsync() == "helper study.view 0; radiologist study.annotate 2", "what was used is indexed");
    }

    [Fact]
    public async Task What_was_used_longer_ago_than_was_asked_for_is_unused()
    {
        await AskAsync("ada", "study.view", permitted: true);
        await Eventually.HoldsAsync(async () => await UnusedAsync() == "helper study.view 0; radiologist study.annotate 2", "what was used is indexed");

        clock.Now = clock.Now.AddDays(91);
        (await UnusedAsync("?days=92")).ShouldNotContain("radiologist study.view");
        (await UnusedAsync()).ShouldContain("radiologist study.view");
        (await UnusedAsync("?days=90")).ShouldContain("radiologist study.view");
    }

    [Theory]
    [InlineData("?format=xml", 400, "request_malformed")]
    [InlineData("?at=today", 400, "instant_malformed")]
    [InlineData("/difference?from=today", 400, "instant_malformed")]
    [InlineData("/difference?from=9026-01-01T00:00:00Z", 400, "instant_in_future")]
    [InlineData("/difference?from=2020-01-01T00:00:00Z", 404, "instant_before_beginning")]
    [InlineData("/unused?days=0", 400, "window_malformed")]
    [InlineData("/unused?days=99999", 400, "window_malformed")]
    public async Task What_cannot_be_asked_is_refused(string question, int status, string code) =>
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/permission-matrix{question}"), status, code);

    [Fact]
    public async Task A_matrix_of_too_many_roles_and_actions_is_refused()
    {
        string actions = string.Join(", ", Enumerable.Range(0, 900).Select(action => $"Action::\"a{action}\""));
        await DoneAsync(host.PostAsync("/policy-sets/hospital/versions", new
        {
            files = new[] { new { name = "p.cedar", text = $"@id(\"many\") permit (principal in Role::\"r1\", action in [{actions}], resource);" } }, comment = "c",
        }));
        IReadOnlyList<AppendResult> defined = await host.Store.AppendManyAsync(
            [.. Enumerable.Range(0, 600).Select(role => new StreamAppend($"role-r{role}", ExpectedVersion.NoStream, [new RoleDefined("d", [], false, null)]))]);
        defined.Count.ShouldBe(600);
        await Eventually.HoldsAsync(() => host.Facts.Current.Roles.Count > 600, "the facts have the roles");
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, "/permission-matrix"), 400, "matrix_too_large");
        await DoneAsync(host.PostAsync("/grants", new { subjectId = "dan", role = "r1", scope = new { kind = "everywhere" }, reason = "x" }));
        await Refusal.ShouldBeAsync(await host.SendAsync(HttpMethod.Get, $"/subjects/User/dan/creep?since={before}"), 400, "matrix_too_large");
    }

    private Task<HttpResponseMessage> GiveAsync(string subject, string kind, string id) =>
        host.PostAsync("/grants", new { subjectId = subject, role = "radiologist", scope = new { kind, id }, reason = "x" });

    private async Task AskAsync(string subject, string action, bool permitted)
    {
        using HttpResponseMessage answer = await host.SendAsync(
            HttpMethod.Post, "/access/v1/evaluation",
            $$"""{"subject":{"id":"{{subject}}","type":"User"},"action":{"name":"{{action}}" },"resource":{"type":"Patient","id":"P1"} }""", host.Token("decisions.evaluate"));
        string text = await answer.Content.ReadAsStringAsync();
        JsonNode.Parse(text)!["decision"]!.GetValue<bool>().ShouldBe(permitted, text);
    }

    private async Task<string> UnusedAsync(string query = "") => string.Join("; ", (await host.GetAsync($"/permission-matrix/unused{query}"))["rights"]!.AsArray()
        .Select(right => $"{right!["role"]} {right["action"]} {right["holders"]}"));
}
