using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AccessGov.ServiceDefaults.Tests;

public sealed class DevelopmentTokenTests : IAsyncLifetime
{
    private const string Secret = DevelopmentIssuer.Secret;

    private DevelopmentIssuer issuer = null!;

    private RunningService Service => issuer.Service;

    public async Task InitializeAsync() => issuer = await DevelopmentIssuer.StartAsync();

    public async Task DisposeAsync() => await issuer.DisposeAsync();

    [Fact]
    public async Task A_client_gets_a_token_with_its_scopes_and_the_service_takes_it()
    {
        (HttpStatusCode status, JsonElement answer) = await AskAsync(basic: $"pacs:{Secret}", ("grant_type", "client_credentials"));

        status.ShouldBe(HttpStatusCode.OK);
        answer.GetProperty("token_type").GetString().ShouldBe("Bearer");
        answer.GetProperty("expires_in").GetInt64().ShouldBe(3600);
        answer.GetProperty("scope").GetString().ShouldBe("things.read things.write");
        HttpResponseMessage response = await Service.GetAsync("/things", answer.GetProperty("access_token").GetString());
        (await response.Content.ReadAsStringAsync()).ShouldBe("pacs for pacs");
    }

    [Fact]
    public async Task A_token_has_no_more_scopes_than_were_asked_for()
    {
        (_, JsonElement answer) = await AskAsync(
            null, ("grant_type", "client_credentials"), ("client_id", "pacs"), ("client_secret", Secret), ("scope", "things.write"), ("resource", "accessgov"));

        answer.GetProperty("scope").GetString().ShouldBe("things.write");
        (await Service.GetAsync("/things", answer.GetProperty("access_token").GetString())).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Basic_credentials_are_form_encoded()
    {
        string basic = Uri.EscapeDataString("odd:client") + ":" + Uri.EscapeDataString("a:b c+d%é");

        (await AskAsync(basic, ("grant_type", "client_credentials"))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_a_client_that_acts_for_users_gets_a_token_for_one()
    {
        (_, JsonElement answer) = await AskAsync($"viewer:{Secret}", ("grant_type", "client_credentials"), ("subject", "ada"));
        (HttpStatusCode status, JsonElement refusal) = await AskAsync($"pacs:{Secret}", ("grant_type", "client_credentials"), ("subject", "ada"));

        HttpResponseMessage response = await Service.GetAsync("/things", answer.GetProperty("access_token").GetString());
        (await response.Content.ReadAsStringAsync()).ShouldBe("viewer for ada");
        status.ShouldBe(HttpStatusCode.BadRequest);
        refusal.GetProperty("error").GetString().ShouldBe("unauthorized_client");
    }

    [Theory]
    [InlineData("viewer", "ada", "https://refeds.org/profile/mfa", null)]
    [InlineData("viewer", "ada", "two classes", "invalid_request")]
    [InlineData("viewer", null, "https://refeds.org/profile/mfa", "invalid_request")]
    public async Task A_token_for_a_user_says_how_they_signed_in(string client, string? subject, string acr, string? error)
    {
        (string, string)[] named = subject is null ? [] : [("subject", subject)];
        (_, JsonElement answer) = await AskAsync($"{client}:{Secret}", [("grant_type", "client_credentials"), ("acr_values", acr), .. named]);

        if (error is not null)
        {
            answer.GetProperty("error").GetString().ShouldBe(error);
            return;
        }

        var token = new JsonWebToken(answer.GetProperty("access_token").GetString());
        (token.GetPayloadValue<string>("acr"), token.GetPayloadValue<long>("auth_time")).ShouldBe((acr, new DateTimeOffset(token.IssuedAt, TimeSpan.Zero).ToUnixTimeSeconds()));
    }

    [Theory]
    [InlineData("grant_type=client_credentials&client_id=pacs&client_secret=wrong", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id=nobody&client_secret=wrong", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id=pacs", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("grant_type=client_credentials", HttpStatusCode.Unauthorized, "invalid_client")]
    [InlineData("client_id=pacs&client_secret=" + Secret, HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("grant_type=password&client_id=pacs&client_secret=" + Secret, HttpStatusCode.BadRequest, "unsupported_grant_type")]
    [InlineData("grant_type=client_credentials&scope=grants.manage&client_id=pacs&client_secret=" + Secret, HttpStatusCode.BadRequest, "invalid_scope")]
    [InlineData("grant_type=client_credentials&resource=elsewhere&client_id=pacs&client_secret=" + Secret, HttpStatusCode.BadRequest, "invalid_target")]
    [InlineData("grant_type=client_credentials&grant_type=client_credentials&client_id=pacs&client_secret=" + Secret, HttpStatusCode.BadRequest, "invalid_request")]
    public async Task An_error_is_worded_as_OAuth_words_it(string form, HttpStatusCode expected, string code)
    {
        HttpResponseMessage response = await Service.SendAsync(HttpMethod.Post, "/development/token", form, contentType: "application/x-www-form-urlencoded");

        response.StatusCode.ShouldBe(expected);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        response.Headers.WwwAuthenticate.Count.ShouldBe(expected == HttpStatusCode.Unauthorized ? 1 : 0);
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString().ShouldBe(code);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("bm9jb2xvbg==")]
    [InlineData("")]
    public async Task Broken_basic_credentials_are_those_of_no_client(string encoded)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/development/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        request.Headers.TryAddWithoutValidation("Authorization", "Basic " + encoded);

        (await Service.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_request_that_is_no_form_is_an_invalid_request()
    {
        HttpResponseMessage response = await Service.SendAsync(HttpMethod.Post, "/development/token", "{}");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain("invalid_request");
    }

    [Fact]
    public async Task Another_service_trusts_the_issuer_by_its_JWKS_address_and_is_not_ready_while_it_is_away()
    {
        await using RunningService other = await RunningService.StartAsync(
            app => app.MapGet("/things", () => "ok").RequireAuthorization("things.read"), environment: "Development",
            settings: new(StringComparer.Ordinal) { ["Authentication:Keys"] = null, ["Authentication:KeysUrl"] = new Uri(Service.Client.BaseAddress!, "/development/jwks").ToString() });
        (_, JsonElement answer) = await AskAsync($"pacs:{Secret}", ("grant_type", "client_credentials"));
        string token = answer.GetProperty("access_token").GetString()!;
        await using RunningService lonely = await RunningService.StartAsync(
            app => app.MapGet("/things", () => "ok").RequireAuthorization("things.read"), environment: "Development",
            settings: new(StringComparer.Ordinal) { ["Authentication:Keys"] = null, ["Authentication:KeysUrl"] = "http://127.0.0.1:1/jwks" });

        (await other.GetAsync("/things", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await other.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await lonely.GetAsync("/things", token)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await lonely.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData("/development/token", "grant_type", "scope resource subject acr_values client_id client_secret")]
    [InlineData("/development/revoke", "token", "token_type_hint client_id client_secret")]
    public async Task The_OpenAPI_document_shows_the_forms(string path, string required, string optional)
    {
        string document = await Service.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative));

        JsonElement schema = JsonDocument.Parse(document).RootElement.GetProperty("paths").GetProperty(path).GetProperty("post")
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/x-www-form-urlencoded").GetProperty("schema");
        schema.GetProperty("required").EnumerateArray().Select(field => field.GetString()).ShouldBe([required]);
        schema.GetProperty("properties").EnumerateObject().Select(field => field.Name).ShouldBe([required, .. optional.Split(' ')]);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public void The_issuer_refuses_to_run_outside_Development(string environment)
    {
        WebApplication app = Build(environment);

        Should.Throw<InvalidOperationException>(() => app.MapDevelopmentTokens()).Message
            .ShouldStartWith($"DevelopmentTokens is configured, but the environment is {environment}.");
    }

    [Fact]
    public async Task Where_it_is_not_configured_there_is_no_issuer()
    {
        await using RunningService plain = await RunningService.StartAsync(app => app.MapDevelopmentTokens(), environment: "Development", authenticateCallers: false);

        (await plain.SendAsync(HttpMethod.Post, "/development/token", "grant_type=client_credentials", contentType: "application/x-www-form-urlencoded"))
            .StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public void A_key_file_that_does_not_exist_ends_the_start()
    {
        File.Delete(issuer.KeyFile);

        Should.Throw<InvalidOperationException>(() => Build("Development").MapDevelopmentTokens()).Message
            .ShouldBe("Setting DevelopmentTokens:SigningKeyFile: it must name a file that exists.");
    }

    private WebApplication Build(string environment)
    {
        var clock = new ManualClock();
        using DevelopmentTokenMint mint = DevelopmentTokenMint.WithNewKey(RunningService.Issuer, RunningService.Audience, clock);
        Dictionary<string, string?> settings = RunningService.SettingsFor(mint);
        foreach ((string name, string? value) in issuer.Settings)
        {
            settings[name] = value;
        }

        WebApplication app = RunningService.Builder(clock, settings, environment).Build();
        return app.MapServiceDefaults();
    }

    private Task<(HttpStatusCode Status, JsonElement Answer)> AskAsync(string? basic, params (string Name, string Value)[] form) => issuer.AskAsync(basic, form);
}
