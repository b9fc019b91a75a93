using System.Collections.Concurrent;
using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AccessGov.BreakGlass.Tests.Alerts;

/// <summary>Somebody's own program that takes webhooks on this machine.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

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

            Taken.Enqueue(new(request.Headers["webhook-id"].ToString(), request.Headers["webhook-timestamp"].ToString(), request.Headers["webhook-signature"].ToString(), body, DateTimeOffset.UtcNow));
            return Results.StatusCode(Status);
        });
    }

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Next()}/");

    public ConcurrentQueue<Post> Taken { get; } = [];

    public int Status { get; set; } = 204;

    public TimeSpan Pause { get; set; }

    public Task StartAsync() => app.StartAsync();

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    public sealed record Post(string Id, string Time, string Signature, string Body, DateTimeOffset At);
}
