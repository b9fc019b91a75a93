using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>The body of an AuthZEN request, taken within its bounds. Its elements live until it is disposed.</summary>
internal sealed class AuthZenBody : IDisposable
{
    public const int BytesMax = 1_000_000;

    private readonly JsonDocument document;
    private readonly byte[] rented;

    private AuthZenBody(JsonDocument document, byte[] rented)
    {
        this.document = document;
        this.rented = rented;
    }

    public JsonElement Root => document.RootElement;

    public void Dispose()
    {
        document.Dispose();
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Answers the body, or null when the error that the API asks for (a status and a sentence) has been answered.</summary>
    public static async ValueTask<AuthZenBody?> ReadAsync(HttpContext http)
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

        (byte[] rented, int length) body;
        try
        {
            body = await ReadToEndAsync(http.Request.BodyReader, http.RequestAborted);
        }
        catch (BadHttpRequestException problem) when (problem.StatusCode != StatusCodes.Status413PayloadTooLarge)
        {
            await RefuseAsync(http, problem.StatusCode, "body_incomplete", "The body did not arrive whole.");
            return null;
        }

        string error = "";
        if (body.length <= BytesMax && InternetJson.Parse(body.rented.AsMemory(0, body.length), out error) is { } document)
        {
            return new AuthZenBody(document, body.rented);
        }

        ArrayPool<byte>.Shared.Return(body.rented);
        await (body.length > BytesMax ? RefuseTooLargeAsync(http) : RefuseAsync(http, StatusCodes.Status400BadRequest, "body_malformed", error));
        return null;
    }

    /// <summary>Answers an error: the API's body is a sentence; the stable code travels in a header.</summary>
    public static Task RefuseAsync(HttpContext http, int status, string code, string sentence)
    {
        http.Response.Headers["AccessGov-Error"] = code;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        return Problems.WriteAsync(http, status, code, sentence);
    }

    private static Task RefuseTooLargeAsync(HttpContext http)
    {
        // The rest of the body is not read, so the connection cannot carry another request.
        http.Response.Headers.Connection = "close";
        return RefuseAsync(http, StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The body is larger than {BytesMax} bytes; split the request.");
    }

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

    private static async ValueTask<(byte[] Rented, int Length)> ReadToEndAsync(PipeReader reader, CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellation);
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (!result.IsCompleted && buffer.Length <= BytesMax)
            {
                reader.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            int length = (int)Math.Min(buffer.Length, BytesMax + 1);
            byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
            buffer.Slice(0, length).CopyTo(bytes);
            reader.AdvanceTo(buffer.End);
            return (bytes, length);
        }
    }
}
