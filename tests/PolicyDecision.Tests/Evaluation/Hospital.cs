using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using static AccessGov.PolicyDecision.Tests.Answers;

namespace AccessGov.PolicyDecision.Tests.Evaluation;

/// <summary>A small hospital behind the real service: three sites, three studies, and policies that show, one action each, what the decision went by.</summary>
public sealed class Hospital : IAsyncLifetime
{
    private const string Policies = """
        @id("use") permit (principal in Role::"radiologist", action == Action::"use", resource);
        @id("read") permit (principal in Reader::"radiologist", action == Action::"read", resource);
        @id("store") permit (principal in Role::"radiologist", action == Action::"study.store", resource);
        @id("hours") permit (principal, action == Action::"hours", resource) when { context.workingHours };
        @id("summer") permit (principal, action == Action::"summer", resource) when { context.siteOffset == duration("2h") };
        @id("known") permit (principal, action == Action::"known", resource) when { context.knownNetwork };
        @id("wards") permit (principal, action == Action::"wards", resource) when { context has network && context.network == "wards" };
        @id("wards6") permit (principal, action == Action::"wards6", resource) when { context has network && context.network == "wards6" };
        @id("lab") permit (principal, action == Action::"lab", resource) when { context has network && context.network == "lab" };
        @id("ip4") permit (principal, action == Action::"ip4", resource) when { context has sourceIp && context.sourceIp.isIpv4() };
        @id("explicit") permit (principal, action == Action::"explicit", resource) when { context.explicitGrant };
        @id("care-team") permit (principal, action == Action::"care-team", resource) when { resource.patient.careTeam.contains(principal) };
        @id("referral") permit (principal, action == Action::"referral", resource) when { resource.patient.referredTo.contains(principal) };
        @id("family") permit (principal, action == Action::"family", resource) when { principal.family.contains(resource.patient) };
        @id("self") permit (principal, action == Action::"self", resource) when { principal has self && principal.self == resource.patient };
        @id("staff") permit (principal, action == Action::"staff", resource) when { resource.patient.isStaff };
        @id("at-north") permit (principal, action == Action::"at-north", resource in Site::"north");
        @id("in-radiology") permit (principal, action == Action::"in-radiology", resource in Department::"north-radiology");
        @id("all") permit (principal, action == Action::"broken", resource);
        @id("broken") forbid (principal, action == Action::"broken", resource) when { context.nothing };
        """;

    private readonly SettableClock clock = new(Time("2026-03-01T00:00:00Z"));

    public PolicyDecisionHost Host { get; private set; } = null!;

    public static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    public async Task InitializeAsync()
    {
        Host = await PolicyDecisionHost.StartAsync(clock: clock);
        await DoneAsync(Host.PutAsync("/roles/radiologist", new { description = "Reads images" }));
        await DoneAsync(Host.PutAsync("/sites/north", new
        {
            name = "North", timeZone = "Europe/Vienna", workingHours = Hours("07:00", "19:00", 1, 2, 3, 4, 5),
            networks = new[] { new { name = "wards", cidr = "10.1.0.0/16" }, new { name = "wards6", cidr = "2001:db8:1::/48" } },
            departments = new[] { new { id = "north-radiology", name = "Radiology" } }, archives = new[] { "north-pacs" },
        }));
        await DoneAsync(Host.PutAsync("/sites/owls", new
        {
            name = "Owls", timeZone = "Europe/Vienna", workingHours = Hours("22:00", "06:00", 5, 7), networks = new[] { new { name = "lab", cidr = "10.2.0.0/16" } },
            departments = new[] { new { id = "owls-radiology", name = "Radiology" } }, archives = new[] { "owls-pacs" },
        }));
        await DoneAsync(Host.PutAsync(
            "/sites/wednesday", new { name = "Wednesday", timeZone = "UTC", workingHours = Hours("00:00", "24:00", 3), archives = new[] { "wednesday-pacs" } }));
        await DoneAsync(Host.PostAsync("/policy-sets/hospital/versions", new { files = new[] { new { name = "probes.cedar", text = Policies } }, comment = "Probes" }));
        await DoneAsync(Host.SendAsync(HttpMethod.Post, "/studies/import", """
            {"studies":[{"studyInstanceUid":"1.2.1","patientId":"P1","department":"north-radiology"},
                        {"studyInstanceUid":"1.2.2","patientId":"P2","department":"owls-radiology"},
                        {"studyInstanceUid":"1.2.3","patientId":"P1"}]}
            """, Host.Token("studies.feed")));
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>Gives the radiologist's role, from the beginning of 2026 unless a time is given.</summary>
    public Task GiveAsync(string subject, string scope, bool readOnly = false, string from = "2026-01-01T00:00:00Z", string? until = null)
    {
        string[] kindAndId = scope.Split(' ');
        return DoneAsync(Host.PostAsync("/grants", new
        {
            subjectId = subject, role = "radiologist", scope = kindAndId is [var kind, var id] ? (object)new { kind, id } : new { kind = scope }, reason = "hired",
            from, until, readOnly,
        }));
    }

    public Task RelateAsync(string kind, string user, string patient, string? from = null, string? until = null) =>
        DoneAsync(Host.PostAsync("/relations", new { kind, user, patient, from, until }));

    /// <summary>Turns the service's clock: to the beginning of 2026-03-01 unless a time is given.</summary>
    public void SetTime(string? at) => clock.Now = Time(at ?? "2026-03-01T00:00:00Z");

    /// <summary>Whether it is permitted.</summary>
    public async Task<bool> MayAsync(string subject, string action, string resource, string? at = null, string? sourceIp = null) =>
        (await AskAsync(subject, action, resource, at, sourceIp))["decision"]!.GetValue<bool>();

    /// <param name="subject">A user's id.</param>
    /// <param name="action">The action's name.</param>
    /// <param name="resource">Type and id with a blank between.</param>
    /// <param name="at">When; 2026-03-01 unless given.</param>
    /// <param name="sourceIp">The address of the person's machine.</param>
    public async Task<JsonNode> AskAsync(string subject, string action, string resource, string? at = null, string? sourceIp = null)
    {
        SetTime(at);
        using HttpResponseMessage answer = await EvaluateAsync(subject, action, resource, new { sourceIp });
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    public Task<HttpResponseMessage> EvaluateAsync(string subject, string action, string resource, object context)
    {
        string[] typeAndId = resource.Split(' ');
        return Host.SendAsync(HttpMethod.Post, "/access/v1/evaluation", JsonSerializer.Serialize(new
        {
            subject = new { type = "User", id = subject }, action = new { name = action }, resource = new { type = typeAndId[0], id = typeAndId[1] }, context,
        }), Host.Token("decisions.evaluate"));
    }

    private static object[] Hours(string start, string end, params int[] days) => [new { days, start, end }];
}
