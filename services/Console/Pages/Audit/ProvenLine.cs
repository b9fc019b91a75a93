using System.Text.Json;

namespace AccessGov.Console.Pages.Audit;

/// <summary>An entry with its proof as a line of NDJSON, as <c>accessgov audit verify</c> reads it.</summary>
internal static class ProvenLine
{
    public const string MediaType = "application/x-ndjson";

    /// <param name="leaf">The leaf's bytes in base64.</param>
    /// <param name="proof">The text of the proof.</param>
    public static byte[] Of(string leaf, string proof) => [.. JsonSerializer.SerializeToUtf8Bytes(new { leaf, proof }), (byte)'\n'];
}
