using System.Globalization;
using System.Net;
using System.Text.Json;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>
/// AuthZEN requests as the hospital's questions. What the enforcement point may say itself is listed here and in <see cref="ForeignProperties"/>; every other
/// property and context member is left out of the decision (AuthZEN 1.0: unknown members are ignored), yet kept in the journal's request.
/// </summary>
internal sealed class HospitalDecisionPoint(IEvaluator evaluator) : IDecisionPoint
{
    public ValueTask<EvaluationAnswer> EvaluateAsync(AuthZenRequest request, EnforcementPoint caller, CancellationToken cancellation) =>
        ToQuestion(request, caller, out string error) is { } question
            ? evaluator.EvaluateAsync(question, cancellation)
            : ValueTask.FromResult(EvaluationAnswer.ToInvalid(StatusCodes.Status400BadRequest, "request_malformed", error));

    public async ValueTask<IReadOnlyList<EvaluationAnswer>> EvaluateAllAsync(
        IReadOnlyList<BatchItem> items, Func<EvaluationAnswer, bool>? isLast, EnforcementPoint caller, CancellationToken cancellation)
    {
        var questions = new List<EvaluationQuestion>(items.Count);
        var refused = new Dictionary<int, EvaluationAnswer>();
        AskedWith? shared = null;
        for (int i = 0; i < items.Count; i++)
        {
            string error = items[i].Error ?? "";
            AskedWith? with = items[i].Request is { SharesSubjectAndContext: true } sharing ? shared ??= AskedWith.OfBatch(sharing) : null;
            if (items[i].Request is { } request && ToQuestion(request, with ?? AskedWith.Of(request), caller, out error) is { } question)
            {
                questions.Add(question);
                continue;
            }

            EvaluationAnswer answer = EvaluationAnswer.ToInvalid(StatusCodes.Status400BadRequest, "request_malformed", error);
            refused.Add(i, answer);
            if (isLast?.Invoke(answer) == true)
            {
                break;
            }
        }

        IReadOnlyList<EvaluationAnswer> evaluated = await evaluator.EvaluateAllAsync(questions, isLast, cancellation);
        return Interleave(items.Count, refused, evaluated, isLast);
    }

    /// <summary>Puts the answers of refused items back in their places; ends where a short-circuit ended.</summary>
    private static List<EvaluationAnswer> Interleave(
        int count, Dictionary<int, EvaluationAnswer> refused, IReadOnlyList<EvaluationAnswer> evaluated, Func<EvaluationAnswer, bool>? isLast)
    {
        var answers = new List<EvaluationAnswer>(count);
        int next = 0;
        for (int i = 0; i < count; i++)
        {
            answers.Add(refused.TryGetValue(i, out EvaluationAnswer? answer) ? answer : evaluated[next++]);
            if (isLast?.Invoke(answers[^1]) == true)
            {
                break;
            }
        }

        return answers;
    }

    /// <summary>The request as a question; null and a sentence when it is none.</summary>
    public static EvaluationQuestion? ToQuestion(AuthZenRequest request, EnforcementPoint caller, out string error) =>
        ToQuestion(request, AskedWith.Of(request), caller, out error);

    private static EvaluationQuestion? ToQuestion(AuthZenRequest request, AskedWith with, EnforcementPoint caller, out string error)
    {
        ForeignProperties? foreign = ForeignProperties.Of(request, out error);
        error = with.Error.Length > 0 ? with.Error : error;
        return error.Length > 0
            ? null
            : new EvaluationQuestion(
                request.Subject.Type, request.Subject.Id, request.Action.Name, request.Resource.Type, request.Resource.Id, caller.Client, with.SourceIp, with.Protocol,
                caller.RequestId, Context: with.Context, CanonicalRequest: CanonicalJson.Bytes((request, with.CanonicalContext), WriteCanonical),
                Support: with.Support, Foreign: foreign);
    }

    private static void WriteCanonical(Utf8JsonWriter writer, (AuthZenRequest Request, byte[]? Context) canonical)
    {
        AuthZenRequest request = canonical.Request;
        writer.WriteStartObject();
        writer.WriteStartObject("action"u8);
        writer.WriteString("name"u8, request.Action.Name);
        CanonicalJson.WriteOptional(writer, "properties"u8, request.Action.Properties);
        writer.WriteEndObject();
        if (canonical.Context is { } context)
        {
            writer.WritePropertyName("context"u8);
            writer.WriteRawValue(context, skipInputValidation: true);
        }
        else
        {
            CanonicalJson.WriteOptional(writer, "context"u8, request.Context);
        }

        WriteEntity(writer, "resource"u8, request.Resource);
        WriteEntity(writer, "subject"u8, request.Subject);
        writer.WriteEndObject();
    }

    private static void WriteEntity(Utf8JsonWriter writer, ReadOnlySpan<byte> name, AuthZenEntity entity)
    {
        writer.WriteStartObject(name);
        writer.WriteString("id"u8, entity.Id);
        CanonicalJson.WriteOptional(writer, "properties"u8, entity.Properties);
        writer.WriteString("type"u8, entity.Type);
        writer.WriteEndObject();
    }

    /// <summary>What subject and context say beside who asks: where the items of a batch share these, it is read once for all of them.</summary>
    private sealed record AskedWith(IPAddress? SourceIp, string Protocol, EnforcementPointContext Context, ObligationSupport? Support, string Error)
    {
        /// <summary>The context as canonical JSON; null when it is written for each request.</summary>
        public byte[]? CanonicalContext { get; private init; }

        public static AskedWith Of(AuthZenRequest request)
        {
            var reader = new MemberReader(request.Context, "context");
            var subject = new MemberReader(request.Subject.Properties, "subject.properties");
            IPAddress? sourceIp = reader.Address("sourceIp");
            string protocol = reader.Text("protocol") ?? "authzen";
            var context = new EnforcementPointContext(
                reader.Whole("assuranceLevel") ?? 0, reader.Instant("authenticatedAt"), reader.Text("purposeOfUse"), reader.Text("destination"),
                subject.Text("organization"), subject.Text("department"), reader.Whole("atPosition"));
            IReadOnlyList<string>? supported = reader.Names("supported_obligations");
            return new AskedWith(
                sourceIp, protocol, context, supported is null ? null : new ObligationSupport(supported), reader.Error ?? subject.Error ?? "");
        }

        public static AskedWith OfBatch(AuthZenRequest request) => Of(request) with
        {
            CanonicalContext = request.Context.ValueKind == JsonValueKind.Undefined
                ? null
                : CanonicalJson.Bytes(request.Context, static (writer, context) => CanonicalJson.Write(writer, context)),
        };
    }

    /// <summary>Reads members of one object; the first that has the wrong form leaves its sentence in <see cref="Error"/>.</summary>
    private struct MemberReader(JsonElement parent, string name)
    {
        public string? Error { get; private set; }

        public string? Text(string member) =>
            Find(member, out JsonElement element) ? element.ValueKind == JsonValueKind.String ? element.GetString() : Wrong<string>(member, "a string") : null;

        public long? Whole(string member)
        {
            if (!Find(member, out JsonElement element))
            {
                return null;
            }

            if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long number) && number >= 0)
            {
                return number;
            }

            Wrong<string>(member, "a whole number, 0 or more");
            return null;
        }

        public DateTimeOffset? Instant(string member)
        {
            if (Text(member) is not { } text)
            {
                return null;
            }

            if (DateTimeOffset.TryParseExact(
                text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant))
            {
                return instant;
            }

            Wrong<string>(member, "an RFC 3339 instant such as 2026-03-01T08:00:00Z");
            return null;
        }

        public IPAddress? Address(string member) =>
            Text(member) is not { } text ? null
            : IPAddress.TryParse(text, out IPAddress? address) && IsPlain(text, address) ? address
            : Wrong<IPAddress>(member, "an IPv4 or IPv6 address");

        /// <summary>A short list of short strings.</summary>
        public IReadOnlyList<string>? Names(string member)
        {
            const int CountMax = 50, LengthMax = 100;
            if (!Find(member, out JsonElement element))
            {
                return null;
            }

            if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() > CountMax
                || element.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String || item.GetString()!.Length > LengthMax))
            {
                return Wrong<IReadOnlyList<string>>(member, $"an array of at most {CountMax} strings of at most {LengthMax} characters");
            }

            return [.. element.EnumerateArray().Select(item => item.GetString()!)];
        }

        // IPAddress takes 1.2.3, 0x7f.1 and zone ids; an address on the wire is written in full.
        private static bool IsPlain(string text, IPAddress address) =>
            address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                ? !text.Contains('%', StringComparison.Ordinal) && !text.StartsWith('[')
                : string.Equals(address.ToString(), text, StringComparison.Ordinal);

        private readonly bool Find(string member, out JsonElement element)
        {
            element = default;
            return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(member, out element) && element.ValueKind != JsonValueKind.Null;
        }

        private T? Wrong<T>(string member, string form)
            where T : class
        {
            Error ??= $"{name}.{member} must be {form}.";
            return null;
        }
    }
}
