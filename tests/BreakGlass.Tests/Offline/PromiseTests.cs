using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AccessGov.EmergencyCapabilities;
using AccessGov.Messaging;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using Identity = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.BreakGlass.Tests.Offline;

/// <summary>What is promised ahead, to whom, and how it is taken back.</summary>
public sealed class PromiseTests(OfflineHospital hospital) : IClassFixture<OfflineHospital>
{
    private readonly BreakGlassHost host = hospital.Host;

    [Fact]
    public async Task A_clinician_is_promised_emergency_access_that_an_edge_can_check_by_itself()
    {
        Promised promised = await hospital.PromiseAsync("ada");
        var published = new JsonWebKeySet(await host.Client.GetStringAsync("/.well-known/emergency-capabilities/jwks.json"));
        DateTimeOffset now = host.Clock.GetUtcNow();
        (EmergencyCapability? capability, CapabilityFault? fault) = await CapabilityTokens.ReadAsync(
            promised.Text, "https://break-glass.test", published.GetSigningKeys(), "radiology", now, TimeSpan.FromSeconds(5));
        fault.ShouldBeNull();
        capability!.Id.ShouldBe(promised.Id);
        (capability.Edge, capability.Holder, capability.Role, capability.InvokerRole, capability.Duration, capability.UsesMax).ShouldBe(
            ("radiology", new CapabilityHolder("person", "ada"), "emergency-reader", "emergency-physician", TimeSpan.FromHours(4), 3));
        (capability.Expires - capability.IssuedAt).ShouldBe(TimeSpan.FromHours(8));
        capability.Excludes("p-family").ShouldBeTrue();
        capability.Excludes("p-1").ShouldBeFalse();
        (await UseTokens.ReadAsync(promised.Sign(promised.Use("p-1", now)), capability, now, TimeSpan.FromMinutes(1))).Fault.ShouldBeNull();

        JsonNode listed = await host.GetAsync("/emergency-capabilities?person=ada", "sec");
        listed["capabilities"]!.AsArray().ShouldContain(one => one!["id"]!.GetValue<string>() == promised.Id);
    }

    [Theory]
    [InlineData("person_suspended")]
    [InlineData("person_left")]
    [InlineData("person_locked")]
    [InlineData("not_clinical")]
    [InlineData("emergency_forbidden")]
    public async Task Whoever_may_take_nothing_is_promised_nothing(string code)
    {
        await using OfflineHospital own = await OfflineHospital.StartAsync();
        own.Host.PolicyDecision.Refusal = (403, $"urn:accessgov:policy-decision:{code}", "Call the security office.");
        await RefusedAsync(own, "mallory", new { edge = "radiology", key = OfflineHospital.Jwk(own.NewKey()) }, 403, code);
        (await own.CountAsync("select count(*) from break_glass.emergency_capability")).ShouldBe(0);
    }

    [Fact]
    public async Task What_cannot_be_promised_is_refused_and_says_why()
    {
        await using OfflineHospital own = await OfflineHospital.StartAsync();
        ECDsa key = own.NewKey();
        object jwk = OfflineHospital.Jwk(key);
        ECParameters secret = key.ExportParameters(true);
        await RefusedAsync(own, "ada", new { edge = "nowhere", key = jwk }, 404, "edge_unknown");
        await RefusedAsync(own, OfflineHospital.Client, new { edge = "radiology", key = jwk }, 403, "person_required");
        foreach (object bad in (object[])
        [
            "x", 1, new { kty = "RSA", n = "AQAB", e = "AQAB" }, new { kty = "EC", crv = "P-256", x = "AQAB", y = "AQAB" },
            new
            {
                kty = "EC", crv = "P-256", x = Base64UrlEncoder.Encode(secret.Q.X), y = Base64UrlEncoder.Encode(secret.Q.Y),
                d = Base64UrlEncoder.Encode(secret.D),
            },
        ])
        {
            await RefusedAsync(own, "ada", new { edge = "radiology", key = bad }, 400, "key_malformed");
        }

        own.Host.PolicyDecision.Failure = new HttpRequestException("refused");
        await RefusedAsync(own, "ada", new { edge = "radiology", key = jwk }, 503, "policy_decision_unavailable");
    }

    [Fact]
    public async Task Without_keys_nothing_is_promised()
    {
        await using BreakGlassHost bare = await BreakGlassHost.StartAsync();
        using HttpResponseMessage refused =
            await bare.PostAsync("/emergency-capabilities", "ada", new { edge = "radiology", key = new { } });
        await Refusal.ShouldBeAsync(refused, 409, "offline_not_configured");
        using HttpResponseMessage merge =
            await bare.PostAsync("/edge-journals/radiology/lines", "tests", new { from = 1, lines = (string[])[] });
        await Refusal.ShouldBeAsync(merge, 409, "offline_not_configured");
        JsonNode.Parse(await bare.Client.GetStringAsync("/.well-known/emergency-capabilities/jwks.json"))!["keys"]!.AsArray()
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_gathers_more_than_they_can_need()
    {
        await using OfflineHospital own = await OfflineHospital.StartAsync(("BreakGlass:Offline:CapabilitiesMax", "2"));
        Promised first = await own.PromiseAsync("ada");
        await own.PromiseAsync("ada");
        await RefusedAsync(own, "ada", new { edge = "radiology", key = OfflineHospital.Jwk(own.NewKey()) }, 409, "capabilities_too_many");
        await own.PromiseAsync("bob");
        (await own.Host.PostAsync($"/emergency-capabilities/{first.Id}/revoke", "sec", new { reason = "lost" })).Dispose();
        await own.PromiseAsync("ada");
    }

    [Fact]
    public async Task Nor_when_they_ask_for_many_at_once()
    {
        await using OfflineHospital own = await OfflineHospital.StartAsync(("BreakGlass:Offline:CapabilitiesMax", "2"));
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => own.Host.PostAsync(
            "/emergency-capabilities", "ada", new { edge = "radiology", key = OfflineHospital.Jwk(own.NewKey()) })));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(2);
        foreach (HttpResponseMessage refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            await Refusal.ShouldBeAsync(refused, 409, "capabilities_too_many");
        }

        (await own.CountAsync("select count(*) from break_glass.mt_events where type = 'emergency_capability_issued'")).ShouldBe(2);
    }

    [Fact]
    public async Task Whom_too_many_patients_are_kept_from_is_promised_nothing()
    {
        await using OfflineHospital own = await OfflineHospital.StartAsync();
        own.Host.PolicyDecision.Excluded = [.. Enumerable.Range(0, 200).Select(i => $"p-{i}")];
        await own.PromiseAsync("ada");
        own.Host.PolicyDecision.Excluded = [.. own.Host.PolicyDecision.Excluded, "p-more"];
        await RefusedAsync(
            own, "ada", new { edge = "radiology", key = OfflineHospital.Jwk(own.NewKey()) }, 409, "excluded_too_many");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("201")]
    public async Task How_often_a_station_may_be_used_is_bounded(string uses) => (await Should.ThrowAsync<Exception>(
        () => OfflineHospital.StartAsync(("BreakGlass:Offline:Stations:shock-room:UsesMax", uses)))).ToString().ShouldContain("UsesMax");

    [Fact]
    public async Task A_station_has_its_own_which_only_its_client_fetches()
    {
        Promised promised = await hospital.PromiseStationAsync("shock-room");
        JsonNode listed = await host.GetAsync("/emergency-capabilities?station=shock-room", "sec");
        listed["capabilities"]!.AsArray().Single()!["id"]!.GetValue<string>().ShouldBe(promised.Id);
        promised.Uses.ShouldBe(20);
        object body = new { edge = "radiology", key = OfflineHospital.Jwk(promised.Key) };
        using HttpResponseMessage unknown = await host.PostAsync("/emergency-capabilities/stations/nowhere", OfflineHospital.Client, body);
        await Refusal.ShouldBeAsync(unknown, 404, "station_unknown");
        using HttpResponseMessage theirs = await host.PostAsync("/emergency-capabilities/stations/theirs", OfflineHospital.Client, body);
        await Refusal.ShouldBeAsync(theirs, 403, "station_forbidden");
    }

    [Fact]
    public async Task Security_takes_one_back_and_the_edge_hears_of_it()
    {
        Promised promised = await hospital.PromiseAsync("revoked-one"), other = await hospital.PromiseAsync("revoked-one");
        using HttpResponseMessage wordless =
            await host.PostAsync($"/emergency-capabilities/{promised.Id}/revoke", "sec", new { reason = " " });
        await Refusal.ShouldBeAsync(wordless, 400, "reason_required");
        using HttpResponseMessage unknown = await host.PostAsync("/emergency-capabilities/none/revoke", "sec", new { reason = "x" });
        await Refusal.ShouldBeAsync(unknown, 404, "capability_unknown");
        foreach (int _ in Enumerable.Range(0, 2))
        {
            using HttpResponseMessage revoked =
                await host.PostAsync($"/emergency-capabilities/{promised.Id}/revoke", "sec", new { reason = "Lost laptop." });
            revoked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        string[] heard = await RevokedAsync();
        heard.ShouldContain(promised.Id);
        heard.ShouldNotContain(other.Id);
        using HttpResponseMessage forbidden =
            await host.SendAsync(HttpMethod.Get, "/emergency-capabilities/revoked?edge=others", OfflineHospital.Client);
        await Refusal.ShouldBeAsync(forbidden, 403, "edge_forbidden");
        using HttpResponseMessage nowhere =
            await host.SendAsync(HttpMethod.Get, "/emergency-capabilities/revoked?edge=nowhere", OfflineHospital.Client);
        await Refusal.ShouldBeAsync(nowhere, 404, "edge_unknown");
        using HttpResponseMessage nobodys = await host.SendAsync(HttpMethod.Get, "/emergency-capabilities", "sec");
        await Refusal.ShouldBeAsync(nobodys, 400, "holder_required");
    }

    [Fact]
    public async Task Whoever_is_kept_out_loses_what_was_promised()
    {
        Promised left = await hospital.PromiseAsync("leaver"), suspended = await hospital.PromiseAsync("kept-out");
        await TellAsync(new Identity.UserDeprovisioned("leaver", "left", null, DateTimeOffset.UtcNow), "person-leaver");
        await TellAsync(new Identity.UserSuspended("kept-out", "alert", null, DateTimeOffset.UtcNow), "person-kept-out");
        await Eventually.HoldsAsync(
            async () => !((string[])[left.Id, suspended.Id]).Except(await RevokedAsync(), StringComparer.Ordinal).Any(),
            "both are taken back");
    }

    [Fact]
    public async Task Each_door_has_its_scope()
    {
        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])
        [
            (HttpMethod.Post, "/emergency-capabilities"), (HttpMethod.Post, "/emergency-capabilities/stations/shock-room"),
            (HttpMethod.Get, "/emergency-capabilities?person=ada"), (HttpMethod.Get, "/emergency-capabilities/revoked?edge=radiology"),
            (HttpMethod.Post, "/emergency-capabilities/x/revoke"), (HttpMethod.Post, "/edge-journals/radiology/lines"),
            (HttpMethod.Post, "/edge-journals/radiology/broken"),
        ])
        {
            await ClosedAsync(method, path, "emergency-access.review");
        }

        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])
        [
            (HttpMethod.Get, "/emergency-edges"), (HttpMethod.Get, "/emergency-edges/radiology/days/20261128"),
            (HttpMethod.Post, "/emergency-edges/radiology/days/20261128/settle"),
        ])
        {
            await ClosedAsync(method, path, "emergency-access.invoke");
        }
    }

    private async Task ClosedAsync(HttpMethod method, string path, string otherScope)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent("{}") };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.TokenOf("ada", otherScope));
        using HttpResponseMessage answer = await host.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
    }

    private static async Task RefusedAsync(OfflineHospital own, string person, object body, int status, string code)
    {
        using HttpResponseMessage refused = await own.Host.PostAsync("/emergency-capabilities", person, body);
        await Refusal.ShouldBeAsync(refused, status, code);
    }

    private async Task<string[]> RevokedAsync() =>
    [
        .. (await host.GetAsync("/emergency-capabilities/revoked?edge=radiology", OfflineHospital.Client))["revoked"]!.AsArray()
            .Select(id => id!.GetValue<string>()),
    ];

    private async Task TellAsync(object message, string subject)
    {
        await using NpgsqlConnection connection = await host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await host.Services.GetRequiredService<IMessageBus>().PublishAsync(
            message, new PublishOptions(subject, Guid.NewGuid()), transaction, CancellationToken.None);
        await transaction.CommitAsync();
    }
}
