using Microsoft.Extensions.Options;

namespace AccessGov.Console.Tests;

public sealed class StartTests
{
    private const string Safe = "http://127.0.0.1:1/";

    [Fact]
    public async Task Without_the_secret_of_its_client_it_does_not_start()
    {
        OptionsValidationException refused = await RefusedAsync(Safe, Safe, "");

        refused.Message.ShouldContain("Console:ClientSecret");
    }

    [Theory]
    [InlineData("http://policy-decision:7001/", Safe, "PolicyDecisionUrl")]
    [InlineData("http://10.0.0.7/", Safe, "PolicyDecisionUrl")]
    [InlineData("ftp://127.0.0.1/", Safe, "PolicyDecisionUrl")]
    [InlineData("https://user:word@policy-decision/", Safe, "PolicyDecisionUrl")]
    [InlineData("https://policy-decision/?tenant=one", Safe, "PolicyDecisionUrl")]
    [InlineData(Safe, "http://identity.hospital.test/", "IdentityFederationUrl")]
    [InlineData(Safe, "http://localhost.hospital.test/", "IdentityFederationUrl")]
    public async Task Where_tokens_would_go_in_the_clear_it_does_not_start(string policyDecision, string identityFederation, string setting)
    {
        OptionsValidationException refused = await RefusedAsync(policyDecision, identityFederation, "secret");

        refused.Failures.ShouldBe(
            [$"Setting Console:{setting}: An https address without query and fragment; http only on the loopback address."]);
    }

    [Fact]
    public async Task Nor_where_they_would_go_to_the_audit_trail_in_the_clear()
    {
        OptionsValidationException refused = await Should.ThrowAsync<OptionsValidationException>(RunningConsole.StartAsync(
            new Uri("http://127.0.0.1:0/"), new Uri(Safe), new Uri(Safe), "secret", audit: new Uri("http://audit:7005/")));

        refused.Failures.ShouldHaveSingleItem().ShouldStartWith("Setting Console:AuditUrl: An https address");
    }

    [Fact]
    public async Task Nor_where_they_would_go_to_BreakGlass_in_the_clear()
    {
        OptionsValidationException refused = await Should.ThrowAsync<OptionsValidationException>(RunningConsole.StartAsync(
            new Uri("http://127.0.0.1:0/"), new Uri(Safe), new Uri(Safe), "secret", breakGlass: new Uri("http://break-glass:7003/")));

        refused.Failures.ShouldHaveSingleItem().ShouldStartWith("Setting Console:BreakGlassUrl: An https address");
    }

    [Theory]
    [InlineData("https://policy-decision.hospital.test/", "https://identity.hospital.test/base")]
    [InlineData("http://localhost:7001/", "http://[::1]:7002/")]
    public async Task To_safe_addresses_it_starts(string policyDecision, string identityFederation)
    {
        await using var started = await RunningConsole.StartAsync(
            new Uri("http://127.0.0.1:0/"), new Uri(policyDecision), new Uri(identityFederation), "secret");
    }

    private static Task<OptionsValidationException> RefusedAsync(string policyDecision, string identityFederation, string secret) =>
        Should.ThrowAsync<OptionsValidationException>(RunningConsole.StartAsync(
            new Uri("http://127.0.0.1:0/"), new Uri(policyDecision), new Uri(identityFederation), secret));
}
