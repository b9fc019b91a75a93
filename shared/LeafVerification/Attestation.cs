using System.Text;
using System.Text.Json;

namespace AccessGov.LeafVerification;

/// <summary>What a leaf attests: that the event store of a service had so many events up to a position, and a digest over them.</summary>
/// <param name="Leaf">The leaf's number.</param>
/// <param name="Service">The service.</param>
/// <param name="Stream">Which of its chains.</param>
/// <param name="Through">The position.</param>
/// <param name="Count">How many events.</param>
/// <param name="Digest">The digest over them, in hexadecimal digits.</param>
public sealed record Attestation(long Leaf, string Service, string Stream, long Through, long Count, string Digest)
{
    /// <summary>The stream that stands for a service's event store; others have chains of their own.</summary>
    public const string Events = "events";

    private const string Attesting = "audit";
    private const int DigestLength = 64;

    /// <summary>Reads what a leaf attests; null when it does not say that completely.</summary>
    internal static Attestation? Read(long index, ReadOnlySpan<byte> leaf)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(leaf));
        JsonElement root = document.RootElement;
        return Text(root, "svc") == Attesting && root.TryGetProperty("attested", out JsonElement attested)
            && attested.ValueKind == JsonValueKind.Object
            && Text(attested, "svc") is { Length: > 0 } service && Text(attested, "stream") is { Length: > 0 } stream
            && Number(attested, "through") is { } through && Number(attested, "count") is { } count
            && Text(attested, "digest") is { Length: DigestLength } digest && digest.All(char.IsAsciiHexDigitLower)
            ? new Attestation(index, service, stream, through, count, digest)
            : null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out long number) && number >= 0 ? number : null;
}
