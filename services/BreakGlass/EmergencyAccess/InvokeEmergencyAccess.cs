using System.Text.Json.Serialization;
using AccessGov.BreakGlass.Eligibility;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.BreakGlass.EmergencyAccess;

/// <summary>Takes a patient's images in an emergency, at once: nobody is asked before, and somebody looks at it afterwards.</summary>
internal sealed class InvokeEmergencyAccess(
    CaseCommands cases, OpenCases open, ExpireEmergencyAccess expiry, PolicyDecisionClient policyDecision,
    IOptions<BreakGlassOptions> options)
{
    public const string Scope = "emergency-access.invoke";
    public const int TextLengthMax = 1000;
    private static readonly string[] ReasonCodes = ["ETREAT", "BTG"];

    /// <param name="ReasonCode">ETREAT (emergency treatment) or BTG (break the glass), of HL7's PurposeOfUse.</param>
    /// <param name="Reason">Why, in the clinician's own words.</param>
    /// <param name="Patient">The patient's id at the hospital.</param>
    /// <param name="Study">The study's UID; exactly one of patient, study and denial is given.</param>
    /// <param name="Denial">What the denial that offered emergency access gave along.</param>
    /// <param name="Hours">For how long; four unless given, and never longer than the role allows.</param>
    /// <param name="Practice">Whether it is a drill, which only test patients are for.</param>
    /// <param name="Workstation">The station's name.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(
        string ReasonCode, string Reason, string? Patient = null, string? Study = null, string? Denial = null, int? Hours = null,
        bool Practice = false, string? Workstation = null);

    /// <summary>What is wrong with the words of a command; null when nothing is.</summary>
    public static Refusal? Malformed(Command command) => command switch
    {
        _ when !ReasonCodes.Contains(command.ReasonCode, StringComparer.Ordinal) =>
            new Refusal("reason_code_unknown", "reasonCode is ETREAT (emergency treatment) or BTG (break the glass)."),
        _ when !Identifiers.IsText(command.Reason, TextLengthMax) || string.IsNullOrWhiteSpace(command.Reason) =>
            new Refusal("reason_required", $"Say in 1 to {TextLengthMax} characters why you need these images now."),
        { Hours: < 1 or > 12 } => new Refusal("hours_malformed", "Emergency access is taken for 1 to 12 hours."),
        _ when new[] { command.Patient, command.Study, command.Denial }.Count(given => !string.IsNullOrEmpty(given)) != 1
            || command is { Workstation: { } station } && !Identifiers.IsForeign(station) =>
            new Refusal(
                "emergency_access_malformed",
                $"Name exactly one of patient, study and denial; a workstation's name is 1 to {Identifiers.LengthMax} characters."),
        _ => null,
    };

    /// <param name="state">What the new case is before: nothing.</param>
    /// <param name="person">Who takes it.</param>
    /// <param name="command">What they say.</param>
    /// <param name="may">What PolicyDecision says they may take.</param>
    /// <param name="rules">The hospital's rules.</param>
    /// <param name="now">The time.</param>
    public static Outcome<EmergencyGrantEvent> Decide(
        EmergencyGrant state, string person, Command command, EmergencyOffer may, EmergencyRules rules, DateTimeOffset now) => state switch
    {
        EmergencyGrant.NotInvoked when command.Practice && !rules.PracticePatients.Contains(may.Patient, StringComparer.Ordinal) =>
            new Refusal(
                "practice_patient_required",
                "A drill is about a test patient, and this is none: ask the privacy office for the test patients' ids."),
        EmergencyGrant.NotInvoked => new EmergencyAccessInvoked(
            person, may.Patient, may.Study, may.Role, may.InvokerRole, command.ReasonCode, command.Reason, now,
            now + Shorter(command.Hours is { } hours ? TimeSpan.FromHours(hours) : rules.Duration, TimeSpan.FromHours(may.HoursMax)),
            now + rules.ReviewWithin, command.Practice, command.Workstation),
        _ => Outcome.NothingToDo<EmergencyGrantEvent>(),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emergency-access", (Command command, InvokeEmergencyAccess invoke, HttpContext http) => invoke.RunAsync(command, http))
        .RequireAuthorization(Scope);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<IResult> RunAsync(Command command, HttpContext http)
    {
        if (Caller.Person(http) is not { } person)
        {
            return Refusals.Answer(Refusals.NoPerson);
        }

        if (Malformed(command) is { } malformed)
        {
            return Refusals.Answer(malformed);
        }

        (EmergencyOffer? may, Refusal? refused) = await policyDecision.AskAsync(person, command, http.RequestAborted);
        return may is null ? Refusals.Answer(refused!)
            : await ActiveAsync(person, may.Patient, command.Practice, http.RequestAborted) is { } active ? Already(active)
            : await cases.RunAsync(
                http, CommandRunner.NewId(), state => Decide(state, person, command, may, options.Value.Rules, cases.Now),
                (id, state) => Results.Created($"/emergency-access/{id}", Answer(id, (state as EmergencyGrant.Open)?.Case.Until)),
                // Of two at once the second finds what the first took.
                refusal => refusal == OpenCases.AlreadyActive ? new ActiveMeanwhile(this, person, may.Patient, command.Practice)
                    : Refusals.Answer(refusal));
    }

    /// <summary>The case by which they have access already. One that has run out and is not ended yet is ended first.</summary>
    private async Task<(string Id, DateTimeOffset Until)?> ActiveAsync(
        string person, string patient, bool practice, CancellationToken cancellation)
    {
        (string Id, DateTimeOffset Until)? found = await open.FindAsync(person, patient, practice, cancellation);
        if (found is not { } active || active.Until > cases.Now)
        {
            return found;
        }

        await expiry.ExpireAsync(active.Id, cancellation);
        return null;
    }

    private static IResult Already((string Id, DateTimeOffset Until) active) => Results.Ok(Answer(active.Id, active.Until));

    private static object Answer(string id, DateTimeOffset? until) => new { id, until };

    /// <summary>The answer to whoever was second.</summary>
    private sealed class ActiveMeanwhile(InvokeEmergencyAccess invoke, string person, string patient, bool practice) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            IResult answer = await invoke.ActiveAsync(person, patient, practice, httpContext.RequestAborted) is { } active
                ? Already(active)
                : Refusals.Answer(OpenCases.AlreadyActive);
            await answer.ExecuteAsync(httpContext);
        }
    }
}
