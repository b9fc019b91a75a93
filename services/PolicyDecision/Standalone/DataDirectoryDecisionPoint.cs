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
            subjectProperties = Attributes(request.Subject.Properties, "subject.properties");
            resourceProperties = Attributes(request.Resource.Properties, "resource.properties");
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

    private static RecordValue Context(AuthZenRequest request)
    {
        RecordValue context = Attributes(request.Context, "context");
        if (request.Action.Properties.ValueKind == JsonValueKind.Undefined)
        {
            return context;
        }

        Value action = Attributes(request.Action.Properties, "action.properties");
        return new RecordValue(Pairs(context).Where(pair => !string.Equals(pair.Key, "action", StringComparison.Ordinal))
            .Append(KeyValuePair.Create("action", action)));
    }

    private static Entity Merge(EntityUid uid, EntityStore store, RecordValue properties, bool storedWins)
    {
        if (store.Find(uid) is not { } stored)
        {
            return new Entity(uid, properties);
        }

        (RecordValue winner, RecordValue other) = storedWins ? (stored.Attributes, properties) : (properties, stored.Attributes);
        var merged = new RecordValue(Pairs(winner).Concat(Pairs(other).Where(pair => winner.Find(pair.Key) is null)));
        return new Entity(uid, merged, stored.Parents, stored.Tags);
    }

    private static List<KeyValuePair<string, Value>> Pairs(RecordValue record)
    {
        var pairs = new List<KeyValuePair<string, Value>>(record.Count);
        for (int i = 0; i < record.Count; i++)
        {
            pairs.Add(KeyValuePair.Create(record.Names[i], record.Values[i]));
        }

        return pairs;
    }

    /// <summary>A JSON object as Cedar attributes; members that are null count as absent.</summary>
    /// <exception cref="FormatException">A value is none that Cedar has: the message names it.</exception>
    private static RecordValue Attributes(JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
        {
            return RecordValue.Empty;
        }

        var attributes = new List<KeyValuePair<string, Value>>();
        foreach (JsonProperty member in element.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
        {
            try
            {
                attributes.Add(KeyValuePair.Create(member.Name, ValueJson.Read(member.Value)));
            }
            catch (ValueJsonException problem)
            {
                throw new FormatException($"{name}.{member.Name}: {problem.Message}", problem);
            }
        }

        return new RecordValue(attributes);
    }
}
