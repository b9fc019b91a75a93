using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Export.Formats;

namespace AccessGov.Audit.Export.Destinations;

/// <summary>
/// A FHIR server that takes AuditEvents (IHE ITI-20): several in a batch, one by a create. What it answered with a success it has; of a
/// batch that it took in part, what
/// stands before the first refusal.
/// </summary>
internal sealed class FhirSink : IExportSink
{
    private const string MediaType = "application/fhir+json";
    private readonly HttpClient client;
    private readonly Uri root;
    private readonly ExportOrigin origin;
    private readonly TaskCompletionSource never = new();

    public FhirSink(DestinationOptions destination, ExportOrigin origin)
    {
        var handler = new SocketsHttpHandler { SslOptions = TlsFiles.Of(destination), AllowAutoRedirect = false, UseCookies = false,
            UseProxy = false };
        client = new HttpClient(handler) { Timeout = destination.Patience };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaType));
        if (destination.TokenFile is { } file)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(file).Trim());
        }

        root = new Uri(destination.Address.EndsWith('/') ? destination.Address : destination.Address + "/");
        this.origin = origin;
    }

    public long? Delivered { get; private set; }

    public Task Over => never.Task;

    public async Task SendAsync(IReadOnlyList<ExportedEvent> events, CancellationToken cancellation)
    {
        if (events.Count > 1 && await TakesBatchAsync(events, cancellation))
        {
            return;
        }

        // Of a batch that is refused as a whole nobody knows which event it is about: each on its own then.
        foreach (ExportedEvent one in events)
        {
            using HttpResponseMessage answer =
                await PostAsync(new Uri(root, "AuditEvent"), FhirAuditEvent.Of(one, origin), cancellation);
            Demand(answer, IsOfContent(answer.StatusCode) ? one.Entry.Sequence : null);
            Delivered = one.Entry.Sequence + 1;
        }
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends a batch; false when the server refuses it as a whole, for what is in it.</summary>
    private async Task<bool> TakesBatchAsync(IReadOnlyList<ExportedEvent> events, CancellationToken cancellation)
    {
        JsonArray entries = [.. events.Select(one => JsonMembers.Members(
            ("resource", FhirAuditEvent.Of(one, origin)), ("request", JsonMembers.Members(("method", "POST"), ("url", "AuditEvent")))))];
        JsonObject batch = JsonMembers.Members(("resourceType", "Bundle"), ("type", "batch"), ("entry", entries));
        using HttpResponseMessage response = await PostAsync(root, batch, cancellation);
        if (IsOfContent(response.StatusCode))
        {
            return false;
        }

        Demand(response, null);
        IReadOnlyList<string> answers = StatusesOf(await response.Content.ReadAsByteArrayAsync(cancellation));
        int taken = answers.Take(events.Count).TakeWhile(status => status is ['2', ..]).Count();
        if (taken > 0)
        {
            Delivered = events[taken - 1].Entry.Sequence + 1;
        }

        if (taken < events.Count)
        {
            string status = taken < answers.Count ? StatusCode(answers[taken]) : "nothing";
            throw new ExportRefusedException(string.Create(CultureInfo.InvariantCulture,
                $"The server answered {status} to the event {events[taken].Entry.Sequence} of the trail."),
                int.TryParse(status, out int code) && IsOfContent((HttpStatusCode)code) ? events[taken].Entry.Sequence : null);
        }

        return true;
    }

    /// <summary>Whether it is about what was sent: neither who sends, nor where to, nor when.</summary>
    private static bool IsOfContent(HttpStatusCode status) => status is HttpStatusCode.BadRequest or HttpStatusCode.Conflict
        or HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity;

    private static void Demand(HttpResponseMessage answer, long? refused)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new ExportRefusedException($"The server answered {(int)answer.StatusCode}.", refused);
        }
    }

    private async Task<HttpResponseMessage> PostAsync(Uri address, JsonObject resource, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(JsonMembers.Bytes(resource)) { Headers =
            { ContentType = new MediaTypeHeaderValue(MediaType) } };
        try
        {
            return await client.PostAsync(address, content, cancellation);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ExportRefusedException($"The server did not answer within {client.Timeout}.");
        }
    }

    /// <summary>What the server said to each entry of a batch; an answer that is none says nothing to any.</summary>
    private static IReadOnlyList<string> StatusesOf(byte[] answer)
    {
        try
        {
            return [.. JsonNode.Parse(answer)?["entry"]?.AsArray().Select(
                entry => entry?["response"]?["status"]?.GetValue<string>() ?? "nothing") ?? []];
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw new ExportRefusedException("The server's answer to a batch is no Bundle.");
        }
    }

    /// <summary>The digits alone: servers put what they like behind them.</summary>
    private static string StatusCode(string status) => status.Length >= 3 && status[..3].All(char.IsAsciiDigit) ? status[..3] : "nothing";
}
