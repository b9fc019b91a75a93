namespace AccessGov.PolicyDecision.Tests;

/// <summary>Bodies that are none, at every command: a sentence, no stack trace, nothing written.</summary>
public sealed class BadBodyTests(PolicyDecisionHost host) : IClassFixture<PolicyDecisionHost>
{
    private static readonly (string Method, string Path, string Good, bool TakesMuch)[] Commands =
    [
        ("PUT", "/roles/r", """{"description":"d"}""", false),
        ("POST", "/grants", """{"subjectId":"a","role":"r","scope":{"kind":"everywhere"},"reason":"x"}""", false),
        ("POST", "/grants/import", """{"grants":[]}""", true),
        ("POST", "/grants/g/revoke", """{"reason":"x"}""", false),
        ("POST", "/reviewed-grants/g/replace", """{"reason":"x","readOnly":true}""", false),
        ("POST", "/reviewed-grants/g/restore", """{"reason":"x","revokedFor":"y"}""", false),
        ("POST", "/reviewed-grants/g/revoke", """{"reason":"x"}""", false),
        ("POST", "/relations", """{"kind":"care-team","user":"a","patient":"p"}""", false),
        ("POST", "/relations/import", """{"relations":[]}""", true),
        ("PUT", "/sites/s", """{"name":"n","timeZone":"UTC"}""", false),
        ("PUT", "/network-lists/n", """{"description":"d","countries":["AT"]}""", false),
        ("POST", "/policy-sets/hospital/versions", """{"files":[],"comment":"c"}""", true),
        ("POST", "/policy-sets/hospital/roll-back", """{"version":1}""", false),
        ("POST", "/access-requests/a/approve", """{"comment":"c"}""", false),
        ("POST", "/access-requests/a/deny", """{"comment":"c"}""", false),
        ("POST", "/policy-drafts", """{"policySet":"hospital","files":[],"comment":"c"}""", true),
        ("PUT", "/policy-drafts/d", """{"files":[],"comment":"c"}""", true),
        ("POST", "/policy-drafts/d/approve", """{"hash":"h"}""", false),
        ("POST", "/policy-drafts/d/impact", """{"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""", false),
        ("POST", "/policy-drafts/d/abandon", """{"reason":"r"}""", false),
        ("POST", "/access/v1/obligations/receipts", """{"evaluation_id":"0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b","obligation_id":"o@1","status":"fulfilled"}""", false),
    ];

    public static TheoryData<string, string, string, int> Bodies()
    {
        var bodies = new TheoryData<string, string, string, int>();
        foreach ((string method, string path, string good, bool takesMuch) in Commands)
        {
            string member = good[1..good.IndexOf(':')];
            foreach (string bad in (string[])
            [
                "", "{", "null", "[]", "7", "{}", good[..^1], $"{{{member}:{{\"x\":1}},{good[1..]}", $"{{\"unheardOf\":1,{good[1..]}", $"{{{member}:null}}",
                "{\"x\":\"\\ud800\"}", new string('[', 200) + new string(']', 200), good + good,
            ])
            {
                bodies.Add(method, path, bad, 400);
            }

            bodies.Add(method, path, new string(' ', 2 * 1024 * 1024) + "{", takesMuch ? 400 : 413);
        }

        return bodies;
    }

    [Theory]
    [MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public async Task A_bad_body_is_answered_with_a_sentence(string method, string path, string body, int status)
    {
        string token = host.Token("roles.manage", "grants.manage", "relations.manage", "sites.manage", "policies.manage", "policies.approve", "decisions.evaluate", "access-requests.decide", "reviews.apply");
        using HttpResponseMessage answer = await host.SendAsync(new HttpMethod(method), path, body, token);
        string text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, $"{path} {body[..Math.Min(body.Length, 80)]}: {text}");
        await Refusal.ShouldBeAsync(answer, status, status == 413 ? "body_too_large" : "malformed_request");
        (await host.Store.HeadAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-01-31")]
    [InlineData("tomorrow")]
    public async Task An_instant_without_its_offset_is_no_instant(string instant) => await Refusal.ShouldBeAsync(
        await host.SendAsync(HttpMethod.Post, "/relations", $$"""{"kind":"care-team","user":"a","patient":"p","until":"{{instant}}"}"""), 400, "malformed_request");

    [Fact]
    public async Task Headers_are_checked_too()
    {
        await Refusal.ShouldBeAsync(
            await host.PutAsync("/roles/r", new { description = "d" }, ("Idempotency-Key", new string('k', 201))), 400, "idempotency_key_malformed");
        await Refusal.ShouldBeAsync(await host.PutAsync("/roles/r", new { description = "d" }, ("If-Match", "three")), 400, "if_match_malformed");
    }
}
