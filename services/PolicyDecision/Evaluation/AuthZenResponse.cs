using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using AccessGov.PolicyDecision.AccessRequests;
using AccessGov.PolicyDecision.Obligations;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>Writes decisions as AuthZEN 1.0 asks (section 6.2), with the reason in the context.</summary>
internal static class AuthZenResponse
{
    private static readonly JsonEncodedText Decision = JsonEncodedText.Encode("decision");
    private static readonly JsonEncodedText Context = JsonEncodedText.Encode("context");
    private static readonly JsonEncodedText EvaluationId = JsonEncodedText.Encode("evaluation_id");
    private static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    private static readonly JsonEncodedText ReasonUser = JsonEncodedText.Encode("reason_user");
    private static readonly JsonEncodedText ReasonAdmin = JsonEncodedText.Encode("reason_admin");
    private static readonly JsonEncodedText English = JsonEncodedText.Encode("en");
    private static readonly JsonEncodedText Policies = JsonEncodedText.Encode("policies");
    private static readonly JsonEncodedText Obligations = JsonEncodedText.Encode("obligations");

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? threadBuffer;

    [ThreadStatic]
    private static Utf8JsonWriter? threadWriter;

    public static ValueTask SendAsync(HttpContext http, EvaluationAnswer answer)
    {
        Utf8JsonWriter writer = Start(out ArrayBufferWriter<byte> buffer);
        Write(writer, answer);
        return SendAsync(http, writer, buffer);
    }

    public static ValueTask SendAsync(HttpContext http, IReadOnlyList<EvaluationAnswer> answers)
    {
        Utf8JsonWriter writer = Start(out ArrayBufferWriter<byte> buffer);
        writer.WriteStartObject();
        writer.WriteStartArray("evaluations"u8);
        foreach (EvaluationAnswer answer in answers)
        {
            Write(writer, answer);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return SendAsync(http, writer, buffer);
    }

    private static void Write(Utf8JsonWriter writer, BreakGlassOffer offer)
    {
        writer.WriteStartObject("break_glass"u8);
        writer.WriteString("form_url"u8, offer.FormUrl);
        writer.WriteString("template"u8, offer.Role);
        writer.WriteNumber("hours_max"u8, offer.HoursMax);
        writer.WriteString("expires_at"u8, offer.ExpiresAt);
        writer.WriteString("binding_token"u8, offer.BindingToken);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, PresentedApproval approval)
    {
        if (approval.Until is { } until)
        {
            writer.WriteStartObject("approval"u8);
            writer.WriteString("id"u8, approval.Id);
            writer.WriteString("approved_until"u8, until);
            writer.WriteEndObject();
        }
        else if (approval.NextAction is { } next)
        {
            writer.WriteString("next_action"u8, next);
            if (next == "retry")
            {
                writer.WriteNumber("retry_after"u8, PresentedApproval.RetryAfterSeconds);
            }
        }
    }

    private static void Write(Utf8JsonWriter writer, EvaluationAnswer answer)
    {
        writer.WriteStartObject();
        writer.WriteBoolean(Decision, answer.Permitted);
        writer.WriteStartObject(Context);
        if (answer.Invalid is { } invalid)
        {
            writer.WriteStartObject("error"u8);
            writer.WriteNumber("status"u8, invalid.Status);
            writer.WriteString("code"u8, invalid.Code);
            writer.WriteString("message"u8, invalid.Sentence);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString(EvaluationId, answer.EvaluationId);
            writer.WriteString(Reason, answer.Reason);
            if (answer.ReasonText is { } text)
            {
                writer.WriteStartObject(ReasonUser);
                writer.WriteString(English, text);
                Write(writer, answer.Texts?.User ?? []);
                writer.WriteEndObject();
            }

            if (answer.Texts is { Admin: { IsEmpty: false } admin })
            {
                writer.WriteStartObject(ReasonAdmin);
                Write(writer, admin);
                writer.WriteEndObject();
            }

            if (answer.Offer is { } offer)
            {
                Write(writer, offer);
            }

            if (answer.BreakGlass is { } emergency)
            {
                Write(writer, emergency);
            }

            if (answer.Approval is { } approval)
            {
                Write(writer, approval);
            }

            writer.WriteStartArray(Policies);
            foreach (string policy in answer.Policies)
            {
                writer.WriteStringValue(policy);
            }

            writer.WriteEndArray();
            if (answer.Obligations.Count > 0)
            {
                writer.WritePropertyName(Obligations);
                ObligationJson.Write(writer, answer.Obligations);
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, AccessRequestOffer offer)
    {
        writer.WriteStartObject("access_request"u8);
        writer.WriteString("endpoint"u8, offer.Endpoint);
        writer.WriteString("template"u8, offer.Role);
        writer.WriteString("expires_at"u8, offer.ExpiresAt);
        writer.WriteString("binding_token"u8, offer.BindingToken);
        if (offer.FormUrl is { } form)
        {
            writer.WriteString("form_url"u8, form);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ImmutableArray<(string Language, string Text)> texts)
    {
        foreach ((string language, string text) in texts)
        {
            writer.WriteString(language, text);
        }
    }

    internal static Utf8JsonWriter Start(out ArrayBufferWriter<byte> buffer)
    {
        buffer = threadBuffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        Utf8JsonWriter writer = threadWriter ??= new Utf8JsonWriter(buffer);
        writer.Reset(buffer);
        return writer;
    }

    internal static ValueTask SendAsync(HttpContext http, Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer)
    {
        writer.Flush();
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;

        // The bytes are copied into the response's own buffer before this thread can serve another request.
        http.Response.BodyWriter.Write(buffer.WrittenSpan);
        ValueTask<System.IO.Pipelines.FlushResult> flushing = http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        return flushing.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(flushing.AsTask());
    }
}
