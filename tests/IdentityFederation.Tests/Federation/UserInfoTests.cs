using System.Net;
using System.Text.Json.Nodes;
using AccessGov.IdentityFederation.People;
using AccessGov.IdentityFederation.Tests.SignIn;
using static AccessGov.IdentityFederation.Tests.Federation.FederationHost;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>Claims that the ID token lacks.</summary>
public sealed class UserInfoTests
{
    [Fact]
    public async Task They_come_from_the_user_info_endpoint_and_never_those_of_another_or_instead_of_what_is_signed()
    {
        await using var own = new Own();
        await own.StartAsync(("OpenIdConnect:ClaimsFromUserInfo", "true"));
        own.Provider.UserInfo =
            new JsonObject { ["sub"] = "sub-more@readers.example", ["department"] = "Neuro",
            ["preferred_username"] = "other@readers.example" };
        await own.InAsync("more@readers.example");
        string person = (await own.FindAsync("more@readers.example")).ShouldNotBeNull();
        ((Person.Provisioned)await own.StateAsync(person)).Profile.Employment!.Department.ShouldBe("Neuro");

        own.Provider.UserInfo = new JsonObject { ["sub"] = "somebody-else", ["department"] = "Cardio" };
        SignInBrowser browser = await own.InAsync("more@readers.example", acknowledges: false);
        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "claims_incomplete");
        ((Person.Provisioned)await own.StateAsync(person)).Profile.Employment!.Department.ShouldBe("Neuro");
    }
}
