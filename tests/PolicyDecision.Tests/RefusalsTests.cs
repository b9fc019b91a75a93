using AccessGov.EventSourcing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.PolicyDecision.Tests;

public sealed class RefusalsTests
{
    private static readonly Dictionary<string, EventSourcing.Refusal> Codes = new[]
    {
        Refusals.FactsNotReady,
        Commands.NotWritten(new AppendOutcomeUnknownException("grant-1", new IOException("reset")))!,
        Commands.NotWritten(new StoreOverloadedException("grant-1"))!,
        Commands.NotWritten(new StoreUnavailableException("grant-1", null))!,
        Commands.NotWritten(new WrongExpectedVersionException("grant-1", 1))!,
        Commands.NotWritten(new IdempotencyKeyReusedException("grant-1", "k"))!,
    }.ToDictionary(refusal => refusal.Code);

    [Theory]
    [InlineData("facts_not_ready", 503)]
    [InlineData("outcome_unknown", 503)]
    [InlineData("store_overloaded", 503)]
    [InlineData("store_unavailable", 503)]
    [InlineData("changed_meanwhile", 409)]
    [InlineData("idempotency_key_reused", 409)]
    public async Task What_keeps_a_command_from_being_carried_out_has_its_status_and_its_type(string code, int status)
    {
        await using ServiceProvider services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services, Response = { Body = new MemoryStream() } };
        await Commands.Refuse(Codes[code]).ExecuteAsync(http);
        await http.Response.CompleteAsync();
        using var answer = new HttpResponseMessage((System.Net.HttpStatusCode)http.Response.StatusCode)
        {
            Content = new ByteArrayContent(((MemoryStream)http.Response.Body).ToArray()) { Headers = { { "Content-Type", http.Response.ContentType } } },
        };
        await Refusal.ShouldBeAsync(answer, status, code);
    }

    [Fact]
    public void A_stream_that_another_began_first_has_changed_meanwhile() =>
        Commands.NotWritten(new StreamAlreadyExistsException("grant-1"))!.Code.ShouldBe("changed_meanwhile");

    [Fact]
    public void A_failure_that_nobody_foresaw_is_no_refusal() => Commands.NotWritten(new InvalidCastException()).ShouldBeNull();
}
