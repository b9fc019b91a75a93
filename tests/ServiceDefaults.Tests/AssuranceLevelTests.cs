using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.ServiceDefaults.Tests;

public sealed class AssuranceLevelTests
{
    [Theory]
    [InlineData("https://refeds.org/profile/mfa", 2)]
    [InlineData("https://refeds.org/profile/sfa", 1)]
    [InlineData("phrh", 3)]
    [InlineData("https://refeds.org/profile/MFA", 0)]
    [InlineData(null, 0)]
    public async Task A_token_tells_how_strongly_the_person_signed_in_and_when(string? acr, int level)
    {
        await using RunningService service = await RunningService.StartAsync(_ => { });
        DateTimeOffset signedIn = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        string token = service.Mint.Mint("viewer", ["things.read"], TimeSpan.FromMinutes(5), "ada", acr, signedIn);

        CallerIdentity caller = (await service.Services.GetRequiredService<ITokenValidator>().ValidateAsync(token)).ShouldBeOfType<TokenValidation.Valid>().Caller;

        (caller.AssuranceLevel, caller.AuthenticatedAt, caller.IsMachine).ShouldBe((level, acr is null ? null : signedIn, false));
    }

    [Fact]
    public async Task Which_class_stands_for_which_level_is_a_setting()
    {
        await using RunningService own = await RunningService.StartAsync(
            _ => { },
            settings: new(StringComparer.Ordinal) { ["Authentication:AssuranceLevels:0:Acr"] = "urn:hospital:card", ["Authentication:AssuranceLevels:0:Level"] = "3" });
        ITokenValidator validator = own.Services.GetRequiredService<ITokenValidator>();

        async Task<int> LevelOf(string acr) =>
            (await validator.ValidateAsync(own.Mint.Mint("viewer", [], TimeSpan.FromMinutes(5), "ada", acr))).ShouldBeOfType<TokenValidation.Valid>().Caller.AssuranceLevel;
        (await LevelOf("urn:hospital:card"), await LevelOf("https://refeds.org/profile/mfa")).ShouldBe((3, 0));
    }
}
