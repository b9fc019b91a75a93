using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessGov.Benchmarks;

/// <summary>
/// The limit that the decision API is measured against: Kestrel with one endpoint that only parses the same JSON and answers {"decision":true}.
/// </summary>
internal static class LimitServer
{
    private static readonly byte[] Answer = """{"decision":true}"""u8.ToArray();

    public static async Task RunAsync(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        await using WebApplication app = builder.Build();
        app.MapPost("/access/v1/evaluation", (RequestDelegate)AnswerAsync);
        await app.StartAsync();
        Console.WriteLine("ready");
        await app.WaitForShutdownAsync();
    }

    private static async Task AnswerAsync(HttpContext http)
    {
        using JsonDocument document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = Answer.Length;
        await http.Response.Body.WriteAsync(Answer, http.RequestAborted);
    }
}
