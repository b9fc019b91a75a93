using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AccessGov.ServiceDefaults.Tests;

public sealed class StoppingTests
{
    [Fact]
    public async Task What_an_orderly_stop_cuts_off_is_asked_to_come_again_and_is_no_error()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RunningService service = await RunningService.StartAsync(
            app => app.MapGet("/slow", async (IHostApplicationLifetime lifetime) =>
            {
                arrived.SetResult();
                await Task.Delay(Timeout.Infinite, lifetime.ApplicationStopping);
                return Results.Ok();
            }).AllowAnonymous(),
            authenticateCallers: false);

        Task<HttpResponseMessage> asking = service.Client.GetAsync(new Uri("/slow", UriKind.Relative));
        await arrived.Task;
        service.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        using HttpResponseMessage answer = await asking;

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
        (await answer.Content.ReadAsStringAsync()).ShouldContain("stopping");
    }
}
