using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace AccessGov.Audit.Ingest;

/// <summary>
/// What came and could not be understood, as an event of its own: the whole text, sealed. Nothing is dropped; why it was not understood is
/// its reason.
/// </summary>
internal static class Unparsed
{
    public const string Kind = "unparsed";

    /// <summary>The event that keeps a message.</summary>
    /// <param name="message">The message, or what there is of it.</param>
    /// <param name="reason">Why it was not understood, as a code.</param>
    /// <param name="at">When it was sent, as far as that is known, else when it came.</param>
    /// <param name="truncated">Whether there was more of it than is kept.</param>
    public static AuditRecord Of(ReadOnlySpan<byte> message, string reason, DateTimeOffset at, bool truncated = false)
    {
        bool isText = Utf8.IsValid(message);
        var details = new Details();
        details.Add("truncated_at_bytes", truncated ? $"{message.Length}" : null);
        details.Add(isText ? "text" : "base64", isText ? Encoding.UTF8.GetString(message) : Convert.ToBase64String(message));
        return new AuditRecord
        {
            EventId = HashOf(message), OccurredAt = at, Kind = Kind, Action = AuditActions.Other, Outcome = AuditOutcomes.Success,
            Reason = reason, PersonDetails = details.Build(),
        };
    }

    /// <summary>What a message is called: the hash of its bytes.</summary>
    public static string HashOf(ReadOnlySpan<byte> message) => Convert.ToHexStringLower(SHA256.HashData(message));
}
