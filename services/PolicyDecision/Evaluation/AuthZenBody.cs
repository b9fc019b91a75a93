using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>Takes the body of an AuthZEN request within its bounds, or answers the error that the API asks for: a status and a string.</summary>
internal static class AuthZenBody
{
    public const int BytesMax = 1_000_000;

    /// <summary>Answers the document, or null when an error has been answered.</summary>
    public static async ValueTask<JsonDocument?> ReadAsync(HttpContext http)
    {
        if (!IsJson(http.Request.ContentType))
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "content_type_unknown", "Send the request as Content-Type: application/json (UTF-8).");
            return null;
        }

        if (http.Request.ContentLength > BytesMax)
        {
            await RefuseTooLargeAsync(http);
            return null;
        }

        ReadOnlySequence<byte> body;
        try
        {
            body = await ReadToEndAsync(http.Request.BodyReader, http.RequestAborted);
        }
        catch (BadHttpRequestException problem)
        {
            await RefuseAsync(http, problem.StatusCode, "body_incomplete", "The body did not arrive whole.");
            return null;
        }

        if (body.Length > BytesMax)
        {
            await RefuseTooLargeAsync(http);
            return null;
        }

        JsonDocument? document = StrictJson.Parse(body.IsSingleSegment ? body.First : body.ToArray(), out string error);
        if (document is null)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, "body_malformed", error);
        }

        return document;
    }

    /// <summary>Answers an error: the API's body is a string; the stable code travels in a header.</summary>
    public static Task RefuseAsync(HttpContext http, int status, string code, string sentence)
    {
        http.Response.StatusCode = status;
        http.Response.Headers["AccessGov-Error"] = code;
        return http.Response.WriteAsJsonAsync(sentence, http.RequestAborted);
    }

    private static Task RefuseTooLargeAsync(HttpContext http) =>
        RefuseAsync(http, StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The body is larger than {BytesMax} bytes; split the request.");

    private static bool IsJson(string? contentType)
    {
        const string Json = "application/json";
        if (contentType is null || !contentType.StartsWith(Json, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        ReadOnlySpan<char> rest = contentType.AsSpan(Json.Length).Trim();
        if (rest.IsEmpty)
        {
            return true;
        }

        return rest[0] == ';' && (!contentType.Contains("charset", StringComparison.OrdinalIgnoreCase)
            || contentType.Contains("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    private static async ValueTask<ReadOnlySequence<byte>> ReadToEndAsync(PipeReader reader, CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellation);
            if (result.IsCompleted || result.Buffer.Length > BytesMax)
            {
                return result.Buffer;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
