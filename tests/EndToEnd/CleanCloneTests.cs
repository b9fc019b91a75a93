using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>The commands that the README names, typed in a clean clone.</summary>
public sealed partial class CleanCloneTests(CleanClone clone) : IClassFixture<CleanClone>
{
    private const string Questions =
        """{"subject":{"type":"user","id":"ada"},"action":{"name":"read"},"resource":{"type":"record","id":"1"}}""";

    [Fact]
    public void Up_asks_the_demo_hospital_and_prints_where_everything_is()
    {
        clone.UpOutput.ShouldContain("Every answer is the expected one.");
        clone.UpOutput.ShouldContain($"{Url()}access/v1/evaluation");
    }

    [Fact]
    public Task Every_decision_of_the_demo_hospital_is_the_recorded_one_when_it_is_asked_again() =>
        DecisionReplay.ShouldEqualTheRecordAsync(clone.PathOf("deploy", ".run", "accessgov.json"), "hospital", decisionsMin: 14);

    [Fact]
    public async Task The_console_runs_where_up_says_and_asks_who_one_is()
    {
        JsonElement configuration = await ConfigurationAsync();
        var console = new Uri(configuration.GetProperty("console").GetProperty("url").GetString()!);

        clone.UpOutput.ShouldContain($"console        {console.OriginalString}");
        using var http = new HttpClient { BaseAddress = console };
        (await http.GetStringAsync(new Uri("/policies", UriKind.Relative))).ShouldContain("<h1>Sign in</h1>");
        (await http.GetAsync(new Uri("/console.css", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_service_that_answers_on_the_port_of_another_is_not_taken_for_it()
    {
        JsonElement configuration = await ConfigurationAsync();
        int console = configuration.GetProperty("console").GetProperty("port").GetInt32();
        int policyDecision = configuration.GetProperty("policyDecision").GetProperty("port").GetInt32();
        int free = FreePort.Next();

        (await InLibraryAsync($"listens_on \"$(running_process console)\" {console} && echo ours")).ShouldBe("ours");
        (await InLibraryAsync($"listens_on \"$(running_process console)\" {policyDecision} || echo another")).ShouldBe("another");
        (await InLibraryAsync($"free_port {free} {free}")).ShouldNotBe($"{free}");
        (await InLibraryAsync($"free_port {console}")).ShouldNotBe($"{console}");
    }

    [Fact]
    public void Generated_secrets_are_for_their_owner_only()
    {
        const UnixFileMode OthersMode =
            UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

        (File.GetUnixFileMode(clone.PathOf("deploy", ".run", "accessgov.json")) & OthersMode).ShouldBe(UnixFileMode.None);
        (File.GetUnixFileMode(clone.PathOf("deploy", ".run", "secrets")) & OthersMode).ShouldBe(UnixFileMode.None);
    }

    [Fact]
    [Trait("Requirement", "S30")]
    public async Task The_question_of_the_README_is_answered_and_one_without_a_token_is_not()
    {
        string commands = CodeBlocks().Matches(await File.ReadAllTextAsync(clone.PathOf("README.md")))
            .Select(block => block.Groups[1].Value)
            .Single(block => block.StartsWith("C=deploy/.run", StringComparison.Ordinal));

        (int exitCode, string output) = await clone.RunAsync("bash", "-c", commands);

        exitCode.ShouldBe(0, output);
        JsonElement answer = JsonDocument.Parse(output).RootElement;
        answer.GetProperty("decision").ValueKind.ShouldBeOneOf(JsonValueKind.True, JsonValueKind.False);
        answer.GetProperty("context").GetProperty("reason_user").ValueKind.ShouldNotBe(JsonValueKind.Undefined);
        using var http = new HttpClient { BaseAddress = Url() };
        using HttpResponseMessage refused = await http.PostAsJsonAsync(new Uri("access/v1/evaluation", UriKind.Relative), new { });
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    /// <summary>That they are, across the services; how soon after the answer, the benchmark <c>leavers</c> measures.</summary>
    [Fact]
    [Trait("Requirement", "S8, S9")]
    public async Task Whoever_the_identity_management_sets_inactive_is_denied()
    {
        using HttpClient scim = await ClientAsync("identityFederation", "provisioning");
        using HttpClient administrator = await ClientAsync("policyDecision", "administrator");
        using HttpClient pacs = await ClientAsync("policyDecision", "pacs");
        JsonElement user = await AnswerAsync(scim.PostAsJsonAsync(
            new Uri("scim/v2/Users", UriKind.Relative),
            new { schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:User" }, userName = "leaver@hospital.example", active = true }));
        string id = user.GetProperty("id").GetString()!;
        await AnswerAsync(administrator.PostAsJsonAsync(
            new Uri("grants", UriKind.Relative),
            new { subjectId = id, role = "radiologist", scope = new { kind = "everywhere" }, reason = "reads here" }));
        string question = JsonSerializer.Serialize(new
        {
            subject = new { type = "User", id }, action = new { name = "study.view" },
            resource = new { type = "Study", id = "2.25.318447120955402000000" }, context = new { sourceIp = "10.11.4.7" },
        });
        (await DecisionAsync(pacs, question)).ShouldBeTrue("the grant permits it");

        await AnswerAsync(scim.PatchAsJsonAsync(new Uri($"scim/v2/Users/{id}", UriKind.Relative), new
        {
            schemas = new[] { "urn:ietf:params:scim:api:messages:2.0:PatchOp" },
            Operations = new[] { new { op = "Replace", path = "active", value = "False" } },
        }));

        await Eventually.HoldsAsync(async () => !await DecisionAsync(pacs, question), "the decision is deny");
    }

    [Fact]
    public async Task A_second_up_is_refused_and_disturbs_nothing()
    {
        (int exitCode, string output) = await clone.RunAsync("deploy/up", "--detach");

        exitCode.ShouldNotBe(0);
        output.ShouldContain("AccessGov runs already");
        using var http = new HttpClient { BaseAddress = Url() };
        (await http.GetAsync(new Uri("health/ready", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_command_line_tool_builds_itself_and_judges_policies()
    {
        (int exitCode, string output) = await clone.RunAsync(
            "deploy/accessgov", "policy", "check", "deploy/policies", "--schema", "deploy/policies/hospital.cedarschema",
            "--strict-warnings");
        exitCode.ShouldBe(0, output);

        string broken = clone.PathOf("broken.cedar");
        await File.WriteAllTextAsync(broken, "permit(principal, action, resource)\n  when { principal.role = 1 };\n");
        (exitCode, output) = await clone.RunAsync("deploy/accessgov", "policy", "check", "broken.cedar");
        exitCode.ShouldBe(1, output);
        output.ShouldContain("broken.cedar:2:");
    }

    [Fact]
    public async Task The_decision_point_alone_answers_from_a_folder()
    {
        string folder = clone.PathOf("data");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "read.cedar"), """permit(principal == user::"ada", action == Action::"read", resource);""");
        int port = FreePort.Next();
        await using ChildProcess alone = clone.Start("deploy/pdp", "--data", "data", "--port", $"{port}");
        await Eventually.HoldsAsync(
            () => alone.Output.Split('\n').Contains("ready") || alone.HasExited, "it prints ready", TimeSpan.FromMinutes(5));

        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        (await DecisionAsync(http, Questions)).ShouldBeTrue();
        (await DecisionAsync(http, Questions.Replace("ada", "eve", StringComparison.Ordinal))).ShouldBeFalse();
    }

    [Fact]
    [Trait("Requirement", "S31, S71")]
    public async Task The_demo_of_an_emergency_shows_what_it_says_while_AccessGov_stands_still()
    {
        // It starts an AccessGov of its own, whose edge follows its archive.
        (int exitCode, string output) = await clone.RunAsync("deploy/down");
        exitCode.ShouldBe(0, output);
        try
        {
            (exitCode, output) = await clone.RunAsync("deploy/demo/offline");
            exitCode.ShouldBe(0, output);
            output.ShouldContain("Each is as it should be.");
        }
        finally
        {
            (exitCode, output) = await clone.RunAsync("deploy/up", "--detach");
        }

        exitCode.ShouldBe(0, output);
    }

    /// <summary>What a command prints that sees the functions of deploy's scripts.</summary>
    private async Task<string> InLibraryAsync(string command)
    {
        (_, string output) = await clone.RunAsync("bash", "-c", $". deploy/lib.sh; {command}");
        return output.Trim();
    }

    private async Task<JsonElement> ConfigurationAsync() =>
        JsonDocument.Parse(await File.ReadAllTextAsync(clone.PathOf("deploy", ".run", "accessgov.json"))).RootElement;

    /// <summary>A client of one of the services with a token that the service takes.</summary>
    private async Task<HttpClient> ClientAsync(string service, string client)
    {
        JsonElement configuration = await ConfigurationAsync();
        JsonElement at = configuration.GetProperty(service);
        var http = new HttpClient { BaseAddress = new Uri(at.GetProperty("url").GetString()! + "/") };
        var tokens = new Uri(configuration.GetProperty("identityFederation").GetProperty("tokenUrl").GetString()!);
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"), new("client_id", client),
            new("client_secret", configuration.GetProperty("clients").GetProperty(client).GetProperty("secret").GetString()!),
        ]);
        JsonElement token = await AnswerAsync(http.PostAsync(tokens, form));
        http.DefaultRequestHeaders.Authorization = new("Bearer", token.GetProperty("access_token").GetString());
        return http;
    }

    private static async Task<JsonElement> AnswerAsync(Task<HttpResponseMessage> sending)
    {
        using HttpResponseMessage answer = await sending;
        string text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    private static async Task<bool> DecisionAsync(HttpClient http, string question)
    {
        using var body = new StringContent(question, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync(new Uri("access/v1/evaluation", UriKind.Relative), body);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("decision").GetBoolean();
    }

    private Uri Url() => new(JsonDocument.Parse(File.ReadAllText(clone.PathOf("deploy", ".run", "accessgov.json")))
        .RootElement.GetProperty("policyDecision").GetProperty("url").GetString()!);

    [GeneratedRegex("^```\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();
}
