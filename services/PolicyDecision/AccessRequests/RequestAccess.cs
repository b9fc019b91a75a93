using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.AccessRequests;

/// <summary>
/// Asks for access after a denial (AuthZEN access request and approval profile, access request submission). The denial is proven by its binding token, and the
/// question is judged again: what became permitted, or cannot be remedied any more, makes no task.
/// </summary>
internal sealed class RequestAccess(
    IFacts facts, IStudyIndex studies, BindingTokens tokens, Commands commands, IOptions<PolicyDecisionOptions> options, TimeProvider clock)
{
    public const string Path = "/access/v1/requests";
    private const int BodyBytesMax = 64 * 1024;
    public static readonly TimeSpan DecideWithin = TimeSpan.FromHours(24);

    /// <summary>The denied question, and what is wished for; <c>context.justification</c> says why.</summary>
    public sealed record Body(
        AuthZenDescription.Entity Subject, AuthZenDescription.Action Action, AuthZenDescription.Entity Resource, JsonObject? Context, Denial Denial,
        [property: JsonPropertyName("requested_access")] RequestedAccess? RequestedAccess);

    public sealed record Denial([property: JsonPropertyName("binding_token")] string BindingToken);

    public sealed record RequestedAccess([property: JsonPropertyName("requested_until")] DateTimeOffset? RequestedUntil, bool? Emergency);

    private readonly RoleEntities roles = new();
    private readonly string endpoint = EndpointOf(options.Value);

    /// <param name="state">What is known of the request.</param>
    /// <param name="request">What is asked for.</param>
    public static Outcome<AccessRequestEvent> Decide(AccessRequest state, AccessRequested request) => state switch
    {
        AccessRequest.NotRequested => request,

        // The same denial asks once: a repeated request is answered with its task.
        _ => Outcome.NothingToDo<AccessRequestEvent>(),
    };

    /// <summary>The address that denials and tasks name.</summary>
    public static string EndpointOf(PolicyDecisionOptions options) => options.PublicRoot + Path;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RequestDelegate handler = http => http.RequestServices.GetRequiredService<RequestAccess>().AnswerAsync(http);
        routes.MapPost(Path, handler).RequireAuthorization("decisions.evaluate").WithBodyLimit(BodyBytesMax).WithTags("Access requests")
            .WithDescribedBody<IEndpointConventionBuilder, Body>(handler);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (commands.Refused(http) is { } refused)
        {
            await Commands.Refuse(refused).ExecuteAsync(http);
        }
        else if (await AuthZenBody.ReadAsync(http) is { } body)
        {
            using (body)
            {
                await (await SubmitAsync(http, body.Root)).ExecuteAsync(http);
            }
        }
    }

    private async Task<IResult> SubmitAsync(HttpContext http, JsonElement body)
    {
        var caller = new EnforcementPoint(Caller.Client(http), null);
        if (AuthZenRequest.Read(body, default, out string error) is not { } request || HospitalDecisionPoint.ToQuestion(request, caller, out error) is not { } question
            || !ReadWishes(body, out Wishes wishes, out error))
        {
            return AccessRequestProblems.Of("request_malformed", error);
        }

        (Guid? evaluation, string problem) = await tokens.ReadAsync(wishes.BindingToken, question);
        if (evaluation is not { } denial)
        {
            return AccessRequestProblems.Of(problem);
        }

        if (wishes.Emergency)
        {
            return AccessRequestProblems.Of("not_requestable", "Emergency access is not asked for: it is invoked, and reviewed afterwards.");
        }

        DateTimeOffset now = clock.GetUtcNow();
        FactsSnapshot snapshot = facts.Current;
        StudyFacts? study = question.ResourceType == HospitalCase.StudyType ? await studies.FindAsync(question.ResourceId, http.RequestAborted) : null;
        var hospitalCase = new HospitalCase(question, snapshot, study, now, roles);
        if (hospitalCase.Judge().Permitted || RequestableDenials.Remedy(question, snapshot, study, hospitalCase.PatientId, now, roles) is not { } role)
        {
            return AccessRequestProblems.Of("not_requestable", "Access is permitted by now, or no role that may be asked for would permit it: evaluate again.");
        }

        DateTimeOffset longest = now.AddHours(role.RequestHoursMax!.Value);
        var asked = new AccessRequested(
            question.SubjectType, question.SubjectId, question.Action, question.ResourceType, question.ResourceId, hospitalCase.PatientId!, role.Id, role.RequestApprover!,
            denial, question.Client, wishes.Until is { } until && until < longest ? until : longest, now + DecideWithin, wishes.Justification);
        return asked.Until <= now
            ? AccessRequestProblems.Of("request_malformed", "requested_access.requested_until is over.")
            : await commands.RunAsync(
                http, AccessRequest.Streams, denial.ToString(), state => Decide(state, asked),
                (id, state) => Results.Json(AccessRequestTask.Of(endpoint, id, state, clock.GetUtcNow()), statusCode: StatusCodes.Status202Accepted));
    }

    private static bool ReadWishes(JsonElement body, out Wishes wishes, out string error)
    {
        wishes = default;
        JsonElement denial = Member(body, "denial");
        if (Member(denial, "binding_token") is not { ValueKind: JsonValueKind.String } token)
        {
            error = "denial.binding_token is missing: return the one of the denial.";
            return false;
        }

        JsonElement wanted = Member(body, "requested_access");
        JsonElement until = Member(wanted, "requested_until");
        DateTimeOffset? instant = until.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(until.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset read) ? read : null;
        JsonElement justification = Member(Member(body, "context"), "justification");
        string words = justification.ValueKind == JsonValueKind.String ? justification.GetString()! : "";
        error = until.ValueKind != JsonValueKind.Undefined && instant is null ? "requested_access.requested_until must be an instant, for example 2026-05-01T12:00:00Z."
            : words.Length > 0 && !Identifiers.IsText(words, 1000) ? "context.justification has at most 1000 characters, none of them NUL."
            : "";
        wishes = new Wishes(token.GetString()!, instant, Member(wanted, "emergency").ValueKind == JsonValueKind.True, words);
        return error.Length == 0;
    }

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement found) ? found : default;

    private readonly record struct Wishes(string BindingToken, DateTimeOffset? Until, bool Emergency, string Justification);
}
