using AccessGov.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccessGov.Console.Tests;

/// <summary>Something where a service should be, for what a real one seldom says.</summary>
internal static class OddService
{
    /// <summary>Something that answers as it is told.</summary>
    public static async Task<WebApplication> AnswerAsync(Func<string, (int Status, string Text)> answer, Action<string>? sent = null)
    {
        WebApplication app = WebApplication.CreateSlimBuilder(
            [$"--urls=http://127.0.0.1:{FreePort.Next()}", "--Logging:LogLevel:Default=Error"]).Build();
        app.MapFallback(async (HttpContext http) =>
        {
            if (http.Request.Method == "POST")
            {
                sent?.Invoke(await new StreamReader(http.Request.Body).ReadToEndAsync());
            }

            (http.Response.StatusCode, string text) = answer(http.Request.Path + http.Request.QueryString.Value);
            http.Response.ContentType = text.TrimStart().StartsWith('{') ? "application/json" : "text/plain";
            await http.Response.WriteAsync(text);
        });
        await app.StartAsync();
        return app;
    }
}
