using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AccessGov.Testing;

/// <summary>Somebody's own program that takes webhooks on this machine.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    /// <summary>One that does not run yet.</summary>
    public WebhookReceiver()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add(Address.AbsoluteUri);
        app.MapPost("/", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            string body = await reader.ReadToEndAsync();
            if (Pause > TimeSpan.Zero)
            {
                await Task.Delay(Pause);
            }

            Taken.Enqueue(new(
                request.Headers["webhook-id"].ToString(), request.Headers["webhook-timestamp"].ToString(),
                request.Headers["webhook-signature"].ToString(), body, DateTimeOffset.UtcNow));
            return Results.StatusCode(Status);
        });
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}/");

    /// <summary>What was sent to it, whatever it answered.</summary>
    public ConcurrentQueue<Post> Taken { get; } = [];

    /// <summary>What it answers.</summary>
    public int Status { get; set; } = 204;

    /// <summary>How long it waits before it answers.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>Starts it.</summary>
    public Task StartAsync() => app.StartAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    /// <summary>Something that was sent.</summary>
    /// <param name="Id">The header webhook-id.</param>
    /// <param name="Time">The header webhook-timestamp.</param>
    /// <param name="Signature">The header webhook-signature.</param>
    /// <param name="Body">JSON.</param>
    /// <param name="At">When it came.</param>
    public sealed record Post(string Id, string Time, string Signature, string Body, DateTimeOffset At);
}
