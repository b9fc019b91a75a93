using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.ServiceDefaults.Tests;

public sealed class ProblemTests : IAsyncLifetime
{
    private RunningService service = null!;

    public sealed record Thing(string Name, int Count, string? Note = null);

    public async Task InitializeAsync() => service = await RunningService.StartAsync(
        app =>
        {
            app.MapPost("/things", (Thing thing) => Results.Json(thing));
            app.MapPost("/small", (Thing thing) => Results.Json(thing)).WithBodyLimit(40);
            app.MapPost("/plain", (Thing thing) => Results.Json(thing)).WithPlainErrors();
            app.MapGet("/refused", () => Problems.Refused("example", "self_review", "Somebody else reviews this."));
            app.MapGet("/away", (HttpContext http) =>
            {
                http.Response.Headers.ETag = "\"1\"";
                throw new TimeoutException("Secret detail");
            });
            app.MapGet("/broken/{patient}", (string patient) => patient.Length > 0 ? throw new InvalidOperationException("Secret detail of " + patient) : 0);
        },
        builder => builder.Services.AddSingleton<IExceptionHandler, AwayHandler>(),
        authenticateCallers: false);

    public async Task DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task A_refusal_has_a_stable_type_and_a_sentence()
    {
        HttpResponseMessage response = await service.GetAsync("/refused");

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        JsonElement problem = await JsonAsync(response);
        problem.GetProperty("type").GetString().ShouldBe("urn:accessgov:example:self_review");
        problem.GetProperty("detail").GetString().ShouldBe("Somebody else reviews this.");
        problem.GetProperty("status").GetInt32().ShouldBe(409);
        problem.GetProperty("traceId").GetString()!.Length.ShouldBe(32);
    }

    [Fact]
    public async Task An_exception_is_a_500_with_a_trace_id_and_nothing_of_the_exception()
    {
        HttpResponseMessage response = await service.GetAsync("/broken/P123");

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        string body = await response.Content.ReadAsStringAsync();
        body.ShouldNotContain("Secret");
        body.ShouldNotContain("P123");
        body.ShouldNotContain(" at ");
        JsonDocument.Parse(body).RootElement.GetProperty("traceId").GetString().ShouldBe(response.Headers.GetValues("X-Request-ID").Single());
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task An_exception_that_the_service_knows_is_what_the_service_says()
    {
        HttpResponseMessage response = await service.GetAsync("/away");

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await JsonAsync(response)).GetProperty("type").GetString().ShouldBe("urn:accessgov:example:store_away");
        (response.Headers.ETag, response.Headers.CacheControl!.NoStore, response.Headers.Contains("X-Request-ID")).ShouldBe((null, true, true));
    }

    [Theory]
    [InlineData("", "application/json")]
    [InlineData("{", "application/json")]
    [InlineData("nothing", "application/json")]
    [InlineData("""{"name":"a","count":"1"}""", "application/json")]
    [InlineData("""{"name":"a","count":1,"name":"b"}""", "application/json")]
    [InlineData("""{"name":"a"}""", "application/json")]
    [InlineData("""{"name":null,"count":1}""", "application/json")]
    [InlineData("""{"Name":"a","Count":1}""", "application/json")]
    [InlineData("""{"name":"\ud800","count":1}""", "application/json")]
    [InlineData("""{"name":"a","count":1}""", "text/plain")]
    [InlineData("""{"name":"a","count":1}""", "application/x-www-form-urlencoded")]
    public async Task A_malformed_body_is_a_400_with_a_sentence(string body, string contentType)
    {
        HttpResponseMessage response = await service.SendAsync(HttpMethod.Post, "/things", body, contentType: contentType);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonElement problem = await JsonAsync(response);
        problem.GetProperty("type").GetString().ShouldBe("urn:accessgov:example:malformed_request");
        problem.GetProperty("detail").GetString()!.ShouldEndWith(".");
        problem.GetProperty("detail").GetString()!.ShouldNotContain("AccessGov");
        problem.GetProperty("detail").GetString()!.ShouldNotContain("System");
    }

    [Theory]
    [InlineData("""{"name":"a","count":1,"name":"b"}""", "The body names a member twice ('name').")]
    [InlineData("""{"note":"a"}""", "The body lacks 'name', 'count'.")]
    [InlineData("""{"name":"a","count":true}""", "The body is not the JSON that this address takes: line 1, byte 25, at $.count.")]
    public async Task The_sentence_says_what_is_wrong_with_the_body(string body, string sentence)
    {
        HttpResponseMessage response = await service.SendAsync(HttpMethod.Post, "/things", body);

        (await JsonAsync(response)).GetProperty("detail").GetString().ShouldBe(sentence);
    }

    [Theory]
    [InlineData(31, HttpStatusCode.OK)]
    [InlineData(32, HttpStatusCode.BadRequest)]
    [InlineData(200, HttpStatusCode.BadRequest)]
    public async Task Nesting_is_read_to_32_levels(int arrays, HttpStatusCode expected)
    {
        string deep = new string('[', arrays) + new string(']', arrays);

        HttpResponseMessage response = await service.SendAsync(HttpMethod.Post, "/things", $$"""{"name":"a","count":1,"unknown":{{deep}}}""");

        response.StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json")]
    [InlineData("application/merge-patch+json")]
    public async Task JSON_is_taken_and_unknown_members_are_ignored(string contentType)
    {
        HttpResponseMessage response =
            await service.SendAsync(HttpMethod.Post, "/things", """{"count":1,"later":{},"name":"a"}""", contentType: contentType);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"name":"a","count":1}""");
    }

    [Theory]
    [InlineData("/things", 1_048_576, HttpStatusCode.OK)]
    [InlineData("/things", 1_048_577, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/things", 2_000_000, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/small", 40, HttpStatusCode.OK)]
    [InlineData("/small", 41, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_is_as_large_as_the_endpoint_takes(string path, int bytes, HttpStatusCode expected)
    {
        string body = """{"name":"a","count":1}""".PadRight(bytes);

        HttpResponseMessage response = await service.SendAsync(HttpMethod.Post, path, body);

        response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Errors_are_plain_sentences_where_the_endpoint_asks_for_it()
    {
        HttpResponseMessage response = await service.SendAsync(HttpMethod.Post, "/plain", "{}");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        (await response.Content.ReadAsStringAsync()).ShouldBe("The body lacks 'name', 'count'.");
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound, "not_found")]
    [InlineData("DELETE", "/things", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    public async Task Unknown_addresses_and_methods_are_problems_too(string method, string path, HttpStatusCode expected, string code)
    {
        HttpResponseMessage response = await service.SendAsync(new HttpMethod(method), path);

        response.StatusCode.ShouldBe(expected);
        (await JsonAsync(response)).GetProperty("type").GetString().ShouldBe($"urn:accessgov:example:{code}");
    }

    [Theory]
    [InlineData("/things")]
    [InlineData("/nowhere")]
    [InlineData("/broken/P123")]
    public async Task The_request_id_is_echoed_also_on_errors(string path)
    {
        service.Client.DefaultRequestHeaders.Add("X-Request-ID", "bfe9eb29-ab87-4ca3-be83-a1d5d8305716");

        HttpResponseMessage response = await service.GetAsync(path);

        response.Headers.GetValues("X-Request-ID").ShouldBe(["bfe9eb29-ab87-4ca3-be83-a1d5d8305716"]);
    }

    [Fact]
    public async Task A_long_request_id_is_cut_and_control_characters_are_taken_out()
    {
        string response = await RawAsync($"GET /refused HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-ID: a\tb{new string('c', 300)}\r\n\r\n");

        string header = response.Split("\r\n").Single(line => line.StartsWith("X-Request-ID:", StringComparison.Ordinal));
        header.ShouldBe("X-Request-ID: ab" + new string('c', 126));
    }

    [Fact]
    public async Task A_request_without_an_id_gets_its_trace_id()
    {
        HttpResponseMessage response = await service.GetAsync("/refused");

        response.Headers.GetValues("X-Request-ID").Single().ShouldBe((await JsonAsync(response)).GetProperty("traceId").GetString());
    }

    [Fact]
    public async Task A_request_that_is_cut_off_breaks_nothing()
    {
        try
        {
            await RawAsync("POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"name\"", halfClose: true);
        }
        catch (IOException)
        {
            // The server may reset such a connection.
        }

        (await service.GetAsync("/refused")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private async Task<string> RawAsync(string request, bool halfClose = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, service.Client.BaseAddress!.Port);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        if (halfClose)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    /// <summary>What a service says of a failure of its own.</summary>
    private sealed class AwayHandler : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is TimeoutException)
            {
                await Problems.WriteAsync(httpContext, StatusCodes.Status503ServiceUnavailable, "store_away", "Try again in a moment.");
            }

            return exception is TimeoutException;
        }
    }
}
