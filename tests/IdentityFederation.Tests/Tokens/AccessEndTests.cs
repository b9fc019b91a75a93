using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.Federation;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.Tokens;

/// <summary>What is given to somebody whose access ends.</summary>
public sealed class AccessEndTests
{
    /// <summary>Also in the moment before the service has deactivated them: here nobody does.</summary>
    [Fact]
    public async Task Nobody_refreshes_whose_access_is_over()
    {
        var clock = new MovedClock();
        await using IdentityFederationHost own = await IdentityFederationHost.StartAsync(
            clock: clock,
            configure: services => services.Remove(services.Single(service => service.ImplementationType == typeof(EndAccess))));
        string client = await Viewer.RegisterAsync(own, "viewer");
        string person = await own.PersonAsync("locum");
        using HttpResponseMessage limited = await own.PostAsync(
            $"/people/{person}/limit-access", new { endsAt = clock.GetUtcNow().AddMinutes(10) });
        limited.IsSuccessStatusCode.ShouldBeTrue(await limited.Content.ReadAsStringAsync());
        JsonNode first = await Viewer.TokensAsync(own, await Browser.SignedInAsync(own, person), client);
        clock.Advance(TimeSpan.FromMinutes(9));
        JsonNode second = await ClientPeer.OkAsync(
            await Viewer.RefreshAsync(own, client, first["refresh_token"]!.GetValue<string>()));
        clock.Advance(TimeSpan.FromMinutes(2));
        await ClientPeer.ShouldRefuseAsync(
            await Viewer.RefreshAsync(own, client, second["refresh_token"]!.GetValue<string>()), 400, "invalid_grant");
    }
}
