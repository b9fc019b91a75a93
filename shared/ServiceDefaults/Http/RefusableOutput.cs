using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessGov.ServiceDefaults;

/// <summary>What a connection sends: passed on as it is, until its last message is a refusal of ours; what the server would have said then is dropped.</summary>
internal sealed class RefusableOutput(PipeWriter inner) : PipeWriter
{
    private bool refused;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <summary>Sends this whole message with the next flush, and nothing after it.</summary>
    public void Refuse(ReadOnlySpan<byte> message)
    {
        if (!refused)
        {
            refused = true;
            inner.Write(message);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => refused ? new byte[Math.Max(sizeHint, 4_096)] : inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => refused ? new byte[Math.Max(sizeHint, 4_096)] : inner.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        if (!refused)
        {
            inner.Advance(bytes);
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        refused ? inner.FlushAsync(cancellationToken) : inner.WriteAsync(source, cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
}

/// <summary>A refusal as an HTTP/1.1 message, for where nothing else can write one.</summary>
internal static class RefusalMessage
{
    public static byte[] Write(string service, int status, string code, string sentence)
    {
        string traceId = ActivityTraceId.CreateRandom().ToHexString();
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = $"urn:accessgov:{service}:{code}", title = code.Replace('_', ' '), status, detail = sentence, traceId,
        });
        byte[] head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"""
            HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}
            Connection: close
            Content-Type: application/problem+json
            Content-Length: {body.Length}
            Cache-Control: no-store
            Date: {DateTimeOffset.UtcNow:R}
            X-Request-ID: {traceId}


            """).ReplaceLineEndings("\r\n"));
        return [.. head, .. body];
    }
}
