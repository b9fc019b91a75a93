using System.Buffers;
using System.IO.Pipelines;

namespace AccessGov.Audit.Ingest;

/// <summary>What requests have in common that bring events: a bounded body, and somebody who sends it.</summary>
internal static class IngestBody
{
    private static readonly string[] OwnServices =
        [Refusals.Service, "policy-decision", "identity-federation", "break-glass", "recertification", "edge"];

    /// <summary>The whole body. Kestrel holds it to the endpoint's bound.</summary>
    public static async Task<byte[]> ReadAsync(HttpContext http)
    {
        PipeReader reader = http.Request.BodyReader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync(http.RequestAborted);
            if (read.IsCompleted)
            {
                byte[] body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>The token's client, and nothing that the body says. A client that is called as a service of ours is not taken for it.</summary>
    /// <exception cref="InvalidOperationException">The token names no client; the validator lets none such in.</exception>
    public static string SourceOf(HttpContext http) => Caller.Client(http) is { Length: > 0 and <= ClearText.LengthMax } client
        ? OwnServices.Contains(client, StringComparer.Ordinal) ? $"client:{client}" : client
        : throw new InvalidOperationException("The token names no client.");
}
