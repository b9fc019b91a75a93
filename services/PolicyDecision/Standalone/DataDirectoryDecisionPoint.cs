using System.Text.Json;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Standalone;

/// <summary>
/// Decides AuthZEN requests from a data directory. Types are Cedar entity types as written; the properties of subject and resource are attributes (the stored
/// value wins for the subject, the request's for the resource); the action's properties are <c>context.action</c>. An entity that is not stored has its properties alone.
/// </summary>
internal sealed class DataDirectoryDecisionPoint(DataDirectory directory, bool strict, TimeProvider clock) : IDecisionPoint
{
    public ValueTask<EvaluationAnswer> EvaluateAsync(AuthZenRequest request, EnforcementPoint caller, CancellationToken cancellation) =>
        ValueTask.FromResult(Evaluate(request, directory.Current));

    public ValueTask<IReadOnlyList<EvaluationAnswer>> EvaluateAllAsync(
        IReadOnlyList<BatchItem> items, Func<EvaluationAnswer, bool>? isLast, EnforcementPoint caller, CancellationToken cancellation)
    {
        DataSet data = directory.Current;
        var answers = new List<EvaluationAnswer>(items.Count);
        foreach (BatchItem item in items)
        {
            answers.Add(item.Request is { } request ? Evaluate(request, data) : Malformed(item.Error ?? ""));
            if (isLast?.Invoke(answers[^1]) == true)
            {
                break;
            }
        }

        return ValueTask.FromResult<IReadOnlyList<EvaluationAnswer>>(answers);
    }

    /// <summary>Decides one request from one state of the directory.</summary>
    public EvaluationAnswer Evaluate(AuthZenRequest request, DataSet data)
    {
        RecordValue subjectProperties, resourceProperties, context;
        try
        {
            subjectProperties = RequestProperties.Read(request.Subject.Properties, "subject.properties");
            resourceProperties = RequestProperties.Read(request.Resource.Properties, "resource.properties");
            context = Context(request);
        }
        catch (FormatException problem)
        {
            return Malformed(problem.Message);
        }

        var principal = new EntityUid(request.Subject.Type, request.Subject.Id);
        var resource = new EntityUid(request.Resource.Type, request.Resource.Id);
        Entity subjectEntity = Merge(principal, data.Entities, subjectProperties, storedWins: true);
        IEntities entities = principal == resource
            ? new EntityOverlay(data.Entities, subjectEntity)
            : new EntityOverlay(data.Entities, subjectEntity, Merge(resource, data.Entities, resourceProperties, storedWins: false));
        var question = new Request(principal, new EntityUid("Action", request.Action.Name), resource, context);
        Verdict verdict = strict ? StrictMode.Judge(data.Policies, question, entities) : PlainMode.Judge(data.Policies, question, entities);
        return new EvaluationAnswer(Guid.CreateVersion7(clock.GetUtcNow()), verdict.Permitted, verdict.Reason, verdict.Text, verdict.Policies);
    }

    private static EvaluationAnswer Malformed(string error) => EvaluationAnswer.ToInvalid(StatusCodes.Status400BadRequest, "request_malformed", error);

    private static RecordValue Context(AuthZenRequest request) => RequestProperties.WithAction(
        RequestProperties.Read(request.Context, "context"),
        request.Action.Properties.ValueKind == JsonValueKind.Undefined ? null : RequestProperties.Read(request.Action.Properties, "action.properties"));

    private static Entity Merge(EntityUid uid, EntityStore store, RecordValue properties, bool storedWins) => store.Find(uid) is { } stored
        ? new Entity(
            uid, storedWins ? RequestProperties.Merge(stored.Attributes, properties) : RequestProperties.Merge(properties, stored.Attributes), stored.Parents, stored.Tags)
        : new Entity(uid, properties);
}
