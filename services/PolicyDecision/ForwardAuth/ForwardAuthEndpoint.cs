using System.Net;
using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.PolicyDecision.Studies;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.ForwardAuth;

/// <summary>
/// Answers a proxy in front of an archive: 200 let it through, 401 nobody is recognised, 403 denied, 503 nobody can be recognised or nothing decided now. A proxy lets nothing but a 200
/// through. An unknown study is answered as a study that one may not see: the journal alone tells them apart.
/// </summary>
internal sealed class ForwardAuthEndpoint(
    IEvaluator evaluator, IOrthancIds orthancIds, ITokenValidator tokens, IOptions<ForwardAuthOptions> options, TimeProvider clock, ILogger<ForwardAuthEndpoint> log)
    : IDisposable
{
    private const string Scope = "images.open";

    // nginx takes an answer's headers in one buffer of 4 KB, the others take more.
    private const int ObligationBytesMax = 2_000;
    private static readonly PacsOperation NotMapped = new("archive.administer", new PacsResource.Archive(), "http");

    private readonly TrustedProxies proxies = new(options.Value.TrustedProxies);
    private readonly PacsPaths paths = PacsPaths.Of(options.Value.DicomWebPath, options.Value.WadoPath, options.Value.OrthancPath);
    private readonly ObligationSupport support = new(options.Value.SupportedObligations, ObligationBytesMax);
    private readonly FailureLog failures = new(clock, log);
    private readonly byte[]? secret = options.Value.ProxySecret is { } text ? Encoding.UTF8.GetBytes(text) : null;

    public void Dispose() => failures.Dispose();

    public async Task AnswerAsync(HttpContext context)
    {
        if (secret is not null && !CryptographicOperations.FixedTimeEquals(secret, Encoding.UTF8.GetBytes(context.Request.Headers["AccessGov-Proxy-Secret"].ToString())))
        {
            const string sentence = "The proxy must show its secret in AccessGov-Proxy-Secret.";
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"accessgov\"";
            Reason(context, "proxy_unknown", sentence);
            await Problems.WriteAsync(context, StatusCodes.Status401Unauthorized, "proxy_unknown", sentence);
            return;
        }

        // A token that was given for something else does not open images.
        if (await context.AuthenticateCallerAsync(tokens, Scope, Reason) is not { } caller)
        {
            return;
        }

        ForwardedRequest asked = ForwardedRequest.Of(context, options.Value.Proxy);
        PacsOperation? operation = asked is { Method: { } method, Target: { } target } ? PacsOperation.Of(method, target, paths) : null;
        EvaluationAnswer answer = await evaluator.EvaluateAsync(await QuestionAsync(context, caller, asked, operation), context.RequestAborted);
        await TellAsync(context, answer);
    }

    private async Task<EvaluationQuestion> QuestionAsync(HttpContext context, CallerIdentity caller, ForwardedRequest asked, PacsOperation? operation)
    {
        PacsOperation known = operation ?? NotMapped;
        (string type, string id, string? refusedAs) = await ResourceAsync(known, context.RequestAborted);
        return new EvaluationQuestion(
            caller.IsMachine ? "Service" : "User", caller.Subject, known.Action, type, id, options.Value.Client,
            proxies.ClientOf(context.Connection.RemoteIpAddress, context.Request.Headers["X-Forwarded-For"]),
            known.Protocol, RequestId(context), operation is null ? Reasons.OperationUnknown : refusedAs, Describe(asked),
            new EnforcementPointContext(caller.AssuranceLevel, caller.AuthenticatedAt, Destination: known.Destination), Support: support);
    }

    private async Task<(string Type, string Id, string? RefusedAs)> ResourceAsync(PacsOperation operation, CancellationToken cancellation)
    {
        try
        {
            return operation.Resource switch
            {
                PacsResource.Study study => ("Study", study.Uid, null),
                PacsResource.Patient patient => await orthancIds.IsOnlySpellingAsync(patient.Id, cancellation) ? ("Patient", patient.Id, null) : Archive,
                PacsResource.OrthancStudy study =>
                    await orthancIds.FindStudyAsync(study.OrthancId, cancellation) is { } uid ? ("Study", uid, null) : ("Study", study.OrthancId, Reasons.StudyUnknown),
                PacsResource.OrthancPatient patient =>
                    await orthancIds.FindPatientAsync(patient.OrthancId, cancellation) is { } id ? ("Patient", id, null) : ("Patient", patient.OrthancId, Reasons.StudyUnknown),
                _ => Archive,
            };
        }
        catch (StudyIndexUnavailableException unavailable)
        {
            failures.Failed("Denied because the study index cannot be asked", operation.Action, unavailable);
            return (Archive.Type, Archive.Id, Reasons.StudyIndexUnavailable);
        }
    }

    private (string Type, string Id, string? RefusedAs) Archive => ("Archive", options.Value.Archive, null);

    private static async Task TellAsync(HttpContext context, EvaluationAnswer answer)
    {
        if (answer.Invalid is { } invalid)
        {
            context.Response.Headers.RetryAfter = "1";
            Reason(context, invalid.Code, invalid.Sentence);
            await Problems.WriteAsync(context, invalid.Status, invalid.Code, invalid.Sentence);
            return;
        }

        context.Response.Headers["AccessGov-Evaluation"] = answer.EvaluationId.ToString();
        if (answer.Obligations.Count > 0 && ObligationJson.Text(answer.Obligations) is { Length: <= ObligationBytesMax } obligations)
        {
            context.Response.Headers["AccessGov-Obligations"] = obligations;
        }

        if (answer.Permitted)
        {
            Reason(context, answer.Reason, answer.ReasonText);
            return;
        }

        string reason = answer.Reason == Reasons.StudyUnknown ? Reasons.NotPermitted : answer.Reason;
        string text = reason == Reasons.NotPermitted ? Reasons.Text(reason) : answer.ReasonText ?? Reasons.Text(reason);
        Reason(context, reason, text);
        await Problems.WriteAsync(context, StatusCodes.Status403Forbidden, reason, text);
    }

    private static void Reason(HttpContext context, string code, string? text)
    {
        context.Response.Headers["AccessGov-Reason"] = HeaderText.Encode(code);
        if (text is not null)
        {
            context.Response.Headers["AccessGov-Reason-Text"] = HeaderText.Encode(text);
        }
    }

    private static string? RequestId(HttpContext context) => context.Response.Headers["X-Request-ID"] is [{ Length: > 0 } id] ? id : null;

    /// <summary>Method and path for the journal; the query may be long and is not what was decided on when it was not understood.</summary>
    private static string Describe(ForwardedRequest asked)
    {
        string target = asked.Target ?? "";
        int question = target.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? target : target[..question];
        return $"{asked.Method} {path[..Math.Min(path.Length, 512)]}";
    }
}
