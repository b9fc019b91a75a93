using System.Net;
using AccessGov.IdentityFederation.Tests.SignIn;
using static AccessGov.IdentityFederation.Tests.Federation.FederationHost;

namespace AccessGov.IdentityFederation.Tests.Federation;

/// <summary>Identity providers that are away, change their keys, or say of themselves what cannot be.</summary>
public sealed class ProviderAwayTests : IAsyncLifetime
{
    private readonly Own own = new();

    public Task InitializeAsync() => own.StartAsync();

    public Task DisposeAsync() => own.DisposeAsync().AsTask();

    [Fact]
    public async Task A_provider_that_is_away_is_a_page_that_says_what_to_do_and_local_sign_in_works()
    {
        await SignInBrowser.PersonAsync(own.Host, "nurse");
        own.Provider.IsDown = true;
        var browser = new SignInBrowser(own.Host);
        await browser.GetAsync("/sign-in");
        await browser.PostAsync("/sign-in?handler=Provider", ("Provider", Readers));
        browser.ShouldBeRefused(HttpStatusCode.ServiceUnavailable, "provider_unavailable");
        browser.Text.ShouldNotContain("   at ", Case.Sensitive);

        await browser.PostAsync("/sign-in", ("UserName", "nurse"), ("Password", SignInBrowser.Password));
        browser.Location.ShouldBe("/sign-in/acknowledgement");
    }

    [Fact]
    public async Task A_provider_that_fails_on_the_way_back_is_such_a_page_too()
    {
        var browser = new SignInBrowser(own.Host);
        Dictionary<string, string> request = await browser.BeginAsync(Readers);
        own.Provider.IsDown = true;
        await browser.ComeBackAsync(Readers, ("code", own.Provider.CodeFor(request, "x", Reader("x@readers.example"))),
            ("state", request["state"]));
        browser.ShouldBeRefused(HttpStatusCode.ServiceUnavailable, "provider_unavailable");
    }

    [Fact]
    public async Task A_provider_that_is_silent_is_not_waited_for()
    {
        await using var silent = new Own();
        await silent.StartAsync(("OpenIdConnect:Timeout", "00:00:05"));
        silent.Provider.IsSilent = true;
        (await silent.InAsync("waits@readers.example", acknowledges: false))
            .ShouldBeRefused(HttpStatusCode.ServiceUnavailable, "provider_unavailable");
    }

    [Fact]
    public async Task What_a_provider_said_last_counts_while_it_is_away_for_a_day()
    {
        await own.InAsync("known@readers.example");
        own.Provider.IsDown = true;
        own.Clock.Advance(TimeSpan.FromHours(20));
        await new SignInBrowser(own.Host).BeginAsync(Readers);
        own.Clock.Advance(TimeSpan.FromHours(5));
        var browser = new SignInBrowser(own.Host);
        await browser.GetAsync("/sign-in");
        await browser.PostAsync("/sign-in?handler=Provider", ("Provider", Readers));
        browser.ShouldBeRefused(HttpStatusCode.ServiceUnavailable, "provider_unavailable");
    }

    [Fact]
    public async Task Another_key_is_found_when_something_is_signed_with_it_and_the_former_one_is_forgotten()
    {
        await own.InAsync("rotated@readers.example");
        Microsoft.IdentityModel.Tokens.RsaSecurityKey former = own.Provider.Key;
        own.Provider.Key = FakeProvider.NewKey();
        own.Clock.Advance(TimeSpan.FromMinutes(2));
        (await own.InAsync("rotated@readers.example", acknowledges: false)).Location.ShouldBe("/account");

        var browser = new SignInBrowser(own.Host);
        Dictionary<string, string> request = await browser.BeginAsync(Readers);
        string code = own.Provider.CodeFor(request, () => own.Provider.IdToken(
            request, "sub-rotated@readers.example", Reader("rotated@readers.example"), new(former, "RS256")));
        await browser.ComeBackAsync(Readers, ("code", code), ("state", request["state"]));
        browser.ShouldBeRefused(HttpStatusCode.Forbidden, "provider_token_refused");
    }

    [Theory]
    [InlineData("issuer", "https://elsewhere.example")]
    [InlineData("token_endpoint", "http://token.example/")]
    [InlineData("jwks_uri", "http://keys.example/")]
    [InlineData("authorization_endpoint", null)]
    public async Task A_provider_that_says_what_cannot_be_is_not_asked(string name, string? value)
    {
        own.Provider.Changes = metadata => metadata[name] = value;
        var browser = new SignInBrowser(own.Host);
        await browser.GetAsync("/sign-in");
        await browser.PostAsync("/sign-in?handler=Provider", ("Provider", Readers));
        browser.ShouldBeRefused(HttpStatusCode.ServiceUnavailable, "provider_unavailable");
    }

    [Fact]
    public async Task A_provider_that_names_itself_in_its_answers_does_so_in_each()
    {
        own.Provider.Changes = metadata => metadata["authorization_response_iss_parameter_supported"] = true;
        (await own.InAsync("anonymous@readers.example", acknowledges: false))
            .ShouldBeRefused(HttpStatusCode.BadRequest, "provider_mixed_up");
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("key")]
    public async Task A_file_with_our_secret_or_key_that_was_emptied_is_a_page_that_says_so(string kind)
    {
        await using var other = new Own();
        string key = Path.GetTempFileName();
        using (var rsa = System.Security.Cryptography.RSA.Create(2048))
        {
            File.WriteAllText(key, rsa.ExportPkcs8PrivateKeyPem());
        }

        await other.StartAsync(kind == "secret" ? [] : [("OpenIdConnect:ClientSecretFile", ""), ("OpenIdConnect:ClientKeyFile", key)]);
        await other.InAsync("emptied@readers.example");
        File.WriteAllText(kind == "secret" ? other.Provider.SecretFile : key, "");
        (await other.InAsync("emptied@readers.example", acknowledges: false))
            .ShouldBeRefused(HttpStatusCode.ServiceUnavailable, "provider_secret_unreadable");
        File.Delete(kind == "secret" ? other.Provider.SecretFile : key);
        (await other.InAsync("emptied@readers.example", acknowledges: false))
            .ShouldBeRefused(HttpStatusCode.ServiceUnavailable, "provider_secret_unreadable");
    }

    [Fact]
    public async Task The_secret_goes_to_the_token_endpoint_as_the_provider_wants_it()
    {
        await own.InAsync("basic@readers.example");
        (_, string basic) = own.Provider.Asked.Last();
        System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(basic["Basic ".Length..]))
            .ShouldBe("accessgov:a+secret+of+the+client+%26+more");

        own.Provider.Changes = metadata => metadata["token_endpoint_auth_methods_supported"] =
            new System.Text.Json.Nodes.JsonArray("client_secret_post");
        own.Clock.Advance(TimeSpan.FromHours(2));
        await own.InAsync("post@readers.example");
        (IReadOnlyDictionary<string, string> form, string none) = own.Provider.Asked.Last();
        (form["client_secret"], none).ShouldBe((FakeProvider.Secret, ""));
    }
}
