using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AccessGov.EventSourcing;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AccessGov.CommandEndpoints;

/// <summary>What an HTTP request says about who commands, in which words, and upon which version.</summary>
public static class Caller
{
    private const int KeyLengthMax = 200;

    /// <summary>The client that the token was issued to; empty when it names none.</summary>
    public static string Client(HttpContext http) => http.User.FindFirst("client_id")?.Value ?? "";

    /// <summary>Who acted, from where, in which trace.</summary>
    public static EventMetadata Metadata(HttpContext http)
    {
        string? client = http.User.FindFirst("client_id")?.Value;
        string? subject = http.User.FindFirst("sub")?.Value ?? client;
        string address = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        return new EventMetadata(
            Actor: subject,
            CorrelationId: Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier,
            Source: client is null || client == subject ? address : $"{client} at {address}");
    }

    /// <summary>The person who commands; null for a program that acts for nobody: its token names itself, and no session.</summary>
    public static string? Person(HttpContext http) => http.User.FindFirst("sub")?.Value is { Length: > 0 } subject
        && (subject != http.User.FindFirst("client_id")?.Value || http.User.HasClaim(claim => claim.Type == "sid")) ? subject : null;

    /// <summary>
    /// The idempotency key of the request, null without one. One client's keys are not another's, and a key names a command at one
    /// address: so they are hashed together.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="item">The place of an item in a list.</param>
    public static string? IdempotencyKey(HttpContext http, int? item = null)
    {
        string given = http.Request.Headers["Idempotency-Key"].ToString();
        if (given.Length == 0)
        {
            return null;
        }

        string client = Client(http);
        string whole = string.Join('\n', client, http.Request.Method, http.Request.Path, given, item);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)));
    }

    /// <summary>What the key of the request stands for, null without a key.</summary>
    public static string? CommandHash(HttpContext http) => http.Features.Get<CommandBody>()?.Hash;

    /// <summary>What is wrong with the headers of a command; null when nothing is.</summary>
    public static Refusal? BadHeaders(HttpContext http) =>
        http.Request.Headers["Idempotency-Key"] is { Count: > 1 } or [{ Length: 0 or > KeyLengthMax }]
            ? new Refusal("idempotency_key_malformed", $"Idempotency-Key is one value of 1 to {KeyLengthMax} characters.")
            : http.Request.Headers.IfMatch.Count > 0 && IfMatch(http) is null
                ? new Refusal("if_match_malformed", "If-Match is the ETag of an earlier answer, for example \"3\".")
                : null;

    /// <summary>The versions of the stream that the command is meant for; null when the caller does not say.</summary>
    public static IReadOnlyList<long>? IfMatch(HttpContext http) =>
        EntityTagHeaderValue.TryParseStrictList([.. http.Request.Headers.IfMatch.OfType<string>()], out IList<EntityTagHeaderValue>? tags)
        && tags.Select(VersionOf).OfType<long>().ToArray() is { Length: > 0 } versions && versions.Length == tags.Count
            ? versions
            : null;

    /// <summary>The version that a strong tag names; null when it names none.</summary>
    public static long? VersionOf(EntityTagHeaderValue tag) =>
        !tag.IsWeak && tag.Tag.Value is ['"', .. var text, '"']
        && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long version)
        && text == version.ToString(CultureInfo.InvariantCulture)
            ? version
            : null;
}
