using System.Text.Json;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.ForwardAuth;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Administration;

/// <summary>
/// Asks the policy set in force about every administrative request before it is carried out, and journals the answer like any decision. A scope alone administers only until the first
/// policy set is there to ask. Where a second factor would help, the denial asks for it as OAuth 2.0 Step Up Authentication does (RFC 9470).
/// </summary>
internal sealed class AdministrativeDecision(
    IEvaluator evaluator, IFacts facts, IOptions<PolicyDecisionOptions> options, IOptions<ForwardAuthOptions> forwardAuth, IHostEnvironment environment)
{
    private const string Protocol = "administration";
    private const int PathLengthMax = 512;

    // A permit that demands something of us is none: there is nobody here to do it.
    private static readonly ObligationSupport Nothing = new([]);

    private readonly bool decides = options.Value.DecidesAdministration(environment);
    private readonly TrustedProxies proxies = new(forwardAuth.Value.TrustedProxies);

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (!decides || AdministrativeActions.Of(http.GetEndpoint()) is not { } action || CallerIdentity.Of(http) is not { } caller
            || (facts.IsReady && facts.Current.Policies is null))
        {
            await next(http);
            return;
        }

        EvaluationAnswer answer = await evaluator.EvaluateAsync(Question(http, caller, action), http.RequestAborted);
        if (answer.Invalid is null)
        {
            http.Response.Headers["AccessGov-Evaluation"] = answer.EvaluationId.ToString();
        }

        await (answer.Permitted ? next(http) : DenyAsync(http, answer));
    }

    private EvaluationQuestion Question(HttpContext http, CallerIdentity caller, string action)
    {
        string path = http.Request.Path.Value ?? "";
        return new EvaluationQuestion(
            caller.IsMachine ? "Service" : "User", caller.Subject, action, HospitalCase.SystemType, HospitalCase.SystemId, caller.ClientId,
            proxies.ClientOf(http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"]), Protocol, http.Response.Headers["X-Request-ID"],
            Operation: $"{http.Request.Method} {path[..Math.Min(path.Length, PathLengthMax)]}",
            Context: new EnforcementPointContext(caller.AssuranceLevel, caller.AuthenticatedAt), Support: Nothing);
    }

    private static Task DenyAsync(HttpContext http, EvaluationAnswer answer)
    {
        if (answer.Invalid is { } invalid)
        {
            http.Response.Headers.RetryAfter = "1";
            return Problems.WriteAsync(http, invalid.Status, invalid.Code, invalid.Sentence);
        }

        string sentence = answer.ReasonText ?? Reasons.Text(answer.Reason);
        if (answer.Obligations.FirstOrDefault(obligation => obligation.Type == ObligationTypes.StepUp) is { } stepUp)
        {
            http.Response.Headers.WWWAuthenticate =
                $"Bearer realm=\"accessgov\", error=\"insufficient_user_authentication\", error_description=\"The action needs a stronger or fresher sign-in.\"{AcrValues(stepUp)}";
            return Problems.WriteAsync(http, StatusCodes.Status401Unauthorized, "step_up_required", sentence);
        }

        return answer.Reason is Reasons.JournalUnavailable or Reasons.FactsStale
            ? Problems.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, answer.Reason, sentence)
            : Problems.WriteAsync(http, StatusCodes.Status403Forbidden, "administration_denied", sentence);
    }

    /// <summary>The authentication context class that the policy demands, where its obligation names one that a header can carry.</summary>
    private static string AcrValues(Obligation stepUp)
    {
        using var properties = JsonDocument.Parse(stepUp.Properties);
        return properties.RootElement.TryGetProperty("acr_value"u8, out JsonElement value) && value.GetString() is { } acr && acr.All(character => character is > ' ' and <= '~' and not ('"' or '\\'))
            ? $", acr_values=\"{acr}\""
            : "";
    }
}
