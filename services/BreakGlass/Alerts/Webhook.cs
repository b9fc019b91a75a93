using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AccessGov.BreakGlass.Alerts;

/// <summary>
/// Posts an alert to somebody's own program, signed as the Standard Webhooks specification says (HMAC-SHA256 over id, time and body): the
/// receiver knows who sends it, and that nobody sends it again later. Thread-safe.
/// </summary>
internal sealed class Webhook(HttpClient http, TimeProvider clock)
{
    /// <summary>Null when it was taken, else a code.</summary>
    public async Task<string?> SendAsync(ChannelOptions channel, Alert alert, Uri? console, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = $"emergency_access.{alert.Kind}", timestamp = alert.At,
            data = new
            {
                caseId = alert.Case.Length == 0 ? null : alert.Case, alert.Audience, alert.Practice, alert.Person, alert.ReasonCode,
                reviewDue = alert.DueAt, failedChannels = alert.Failed,
                alert.Channel, alert.Failure, url = alert.PageOf(console),
            },
        }, JsonSerializerOptions.Web);
        string id = $"{alert.Id}-{alert.Audience}";
        string time = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, channel.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } },
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", time);
        request.Headers.Add("webhook-signature", Signature(channel.ReadSecret(), id, time, body));
        using HttpResponseMessage response = await http.SendAsync(request, cancellation);
        return response.IsSuccessStatusCode ? null : $"status_{(int)response.StatusCode}";
    }

    /// <summary>The header webhook-signature.</summary>
    internal static string Signature(byte[] secret, string id, string time, byte[] body)
    {
        byte[] whole = [.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, whole))}";
    }
}
