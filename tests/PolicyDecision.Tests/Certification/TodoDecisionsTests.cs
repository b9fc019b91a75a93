using System.Text;
using System.Text.Json;
using AccessGov.PolicyDecision.Tests.Standalone;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Certification;

/// <summary>The 43 answers of the AuthZEN interoperability scenario about to-do lists, read where they lie beside the working copy.</summary>
public sealed class TodoDecisionsTests
{
    private const string Policies = """
        permit (principal is user, action in [Action::"can_read_user", Action::"can_read_todos"], resource);
        permit (principal is user in role::"editor", action == Action::"can_create_todo", resource is todo);
        permit (principal is user in role::"evil_genius", action == Action::"can_update_todo", resource is todo);
        permit (principal is user in role::"admin", action == Action::"can_delete_todo", resource is todo);
        permit (principal is user in role::"editor", action in [Action::"can_update_todo", Action::"can_delete_todo"], resource is todo)
        when { resource has ownerID && principal has email && resource.ownerID == principal.email };
        """;

    // Rick is an administrator and an evil genius, Morty and Summer are editors, Beth and Jerry only look.
    private static readonly (string Number, string Email, string[] Roles)[] People =
    [
        ("0", "rick@the-citadel.com", ["admin", "evil_genius", "editor"]), ("1", "morty@the-citadel.com", ["editor"]), ("2", "summer@the-smiths.com", ["editor"]),
        ("3", "beth@the-smiths.com", []), ("4", "jerry@the-smiths.com", []),
    ];

    [ConformanceFact]
    public async Task All_43_answers_are_given()
    {
        string entities = $"[{string.Join(',', People.Select(person => Person(person.Number, person.Email, person.Roles)))}]";
        await using StandaloneDecisionPoint point = await StandaloneDecisionPoint.StartAsync(Policies, entities);
        JsonElement file = JsonDocument.Parse(await File.ReadAllTextAsync(ConformanceFactAttribute.TodoDecisions)).RootElement;
        int answers = 0;
        foreach (JsonElement @case in file.GetProperty("evaluation").EnumerateArray())
        {
            string request = @case.GetProperty("request").GetRawText();
            (await point.DecisionAsync(request)).ShouldBe(@case.GetProperty("expected").GetBoolean(), request);
            answers++;
        }

        foreach (JsonElement @case in file.GetProperty("evaluations").EnumerateArray())
        {
            string request = @case.GetProperty("request").GetRawText();
            using HttpResponseMessage response = await point.PostAsync(request, "/access/v1/evaluations");
            JsonElement given = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("evaluations");
            Decisions(given).ShouldBe(Decisions(@case.GetProperty("expected")), request);
            answers++;
        }

        answers.ShouldBe(43);
    }

    private static bool[] Decisions(JsonElement answers) => [.. answers.EnumerateArray().Select(answer => answer.GetProperty("decision").GetBoolean())];

    // The scenario's identity provider names people so: a UUID and the word local, each with its length before it.
    private static string Person(string number, string email, string[] roles) => JsonSerializer.Serialize(new
    {
        uid = new { type = "user", id = Convert.ToBase64String(Encoding.ASCII.GetBytes($"\n$fd{number}614d3-c39a-4781-b7bd-8b96f5a5100d\u0012\u0005local")) },
        attrs = new { email },
        parents = roles.Select(role => new { type = "role", id = role }),
    });

    /// <summary>A test that is reported as skipped where there is no conformance data: in the folder that ACCESSGOV_CONFORMANCE names, or in shared/conformance beside the working copy.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ConformanceFactAttribute : FactAttribute
    {
        public ConformanceFactAttribute() => Skip = File.Exists(TodoDecisions) ? null! : "No conformance data: set ACCESSGOV_CONFORMANCE or put shared/conformance beside the repository.";

        public static string TodoDecisions { get; } = Path.Combine(
            Environment.GetEnvironmentVariable("ACCESSGOV_CONFORMANCE") is { Length: > 0 } configured ? configured : WorkingCopy.PathOf("..", "shared", "conformance"),
            "authzen", "todo-decisions.json");
    }
}
