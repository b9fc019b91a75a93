using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.ServiceDefaults.Tests;

/// <summary>What a client has for itself is taken back without what it has for people.</summary>
public sealed class ReplacedSecretTests
{
    [Fact]
    public async Task Revoking_what_a_client_has_for_itself_leaves_what_it_has_for_people()
    {
        await using RunningService service = await RunningService.StartAsync(
            app => app.MapGet("/things", () => "things").RequireAuthorization("things.read"));
        var validator = service.Services.GetRequiredService<ITokenValidator>();
        string seen = service.Token();
        string unseen = service.Token();
        string persons = service.Mint.Mint("pacs", ["things.read"], TimeSpan.FromMinutes(5), "ada");
        await validator.ValidateAsync(seen);

        validator.RevokeOwnOf("pacs", service.Clock.GetUtcNow());
        validator.RevokeOwnOf("pacs", service.Clock.GetUtcNow().AddMinutes(-1));
        service.Clock.Advance(TimeSpan.FromSeconds(1));

        validator.TryGetCached(seen, out _).ShouldBeFalse();
        (await validator.ValidateAsync(unseen)).ShouldBeOfType<TokenValidation.Invalid>().Sentence.ShouldBe("The token was revoked.");
        (await validator.ValidateAsync(persons)).ShouldBeOfType<TokenValidation.Valid>();
        (await validator.ValidateAsync(service.Token())).ShouldBeOfType<TokenValidation.Valid>();
    }
}
