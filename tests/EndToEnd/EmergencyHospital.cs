using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.EndToEnd;

/// <summary>A ward whose physicians may take emergency access, and a study.</summary>
internal static class EmergencyHospital
{
    public static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["PolicyDecision__DirectPublication"] = "true", ["PolicyDecision__BreakGlassUrl"] = "http://127.0.0.1:7000/emergency-access/new",
    };

    private const string Policy = """
        @id("ward") permit (principal in Reader::"ward-physician", action == Action::"study.view", resource);
        @id("emergency") permit (
            principal in Reader::"emergency-reader", action in [Action::"study.view", Action::"study.search"], resource);
        """;

    public static async Task PrepareAsync(AccessGovProcesses services)
    {
        await services.SendAsync(HttpMethod.Put, "/sites/north", new
        {
            name = "North", timeZone = "UTC", departments = new[] { new { id = "ward", name = "Ward" } },
        });
        await services.SendAsync(
            HttpMethod.Put, "/roles/ward-physician", new { description = "Looks after the ward", permissions = new[] { "study.view" } });
        await services.SendAsync(HttpMethod.Put, "/roles/emergency-reader", new
        {
            description = "Taken in an emergency", emergency = new { hoursMax = 4, invokers = new[] { "ward-physician" } },
        });
        await services.SendAsync(HttpMethod.Post, "/policy-sets/hospital/versions", new
        {
            files = new[] { new { name = "a.cedar", text = Policy } }, comment = "Emergencies.",
        });
        await services.SendAsync(HttpMethod.Post, "/studies/import", new
        {
            studies = new[] { new { studyInstanceUid = "1.2.1", patientId = "MRN-4711" } },
        });
    }

    /// <summary>They work on the ward.</summary>
    public static Task GrantWardAsync(AccessGovProcesses services, string person) => services.SendAsync(HttpMethod.Post, "/grants", new
    {
        subjectId = person, role = "ward-physician", scope = new { kind = "department", id = "ward" }, reason = "works there",
    });

    /// <summary>All cases that BreakGlass lists, page after page.</summary>
    public static async Task<JsonNode[]> CasesAsync(BreakGlassProcess breakGlass, string query = "")
    {
        List<JsonNode> all = [];
        for (string? after = ""; after is not null;)
        {
            JsonNode page = await breakGlass.GetAsync($"emergency-cases?limit=1000{query}{(after.Length == 0 ? "" : $"&after={after}")}");
            all.AddRange(page["cases"]!.AsArray().Select(item => item!));
            after = page["next"]?.GetValue<string>();
        }

        return [.. all];
    }

    /// <summary>Settings of BreakGlass with which one program is told for security and for compliance.</summary>
    public static Dictionary<string, string> AlertsTo(WebhookReceiver receiver)
    {
        string secret = Path.GetTempFileName();
        File.WriteAllText(secret, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        return new(StringComparer.Ordinal)
        {
            ["BreakGlass__Alerts__Audiences__security__0"] = "hook", ["BreakGlass__Alerts__Audiences__compliance__0"] = "hook",
            ["BreakGlass__Alerts__Channels__hook__Kind"] = "Webhook",
            ["BreakGlass__Alerts__Channels__hook__Url"] = receiver.Address.AbsoluteUri,
            ["BreakGlass__Alerts__Channels__hook__SecretFile"] = secret,
        };
    }

    /// <summary>What the receiver has of a case, and for whom; what came twice with one id counts once.</summary>
    public static IEnumerable<(string Kind, string Audience)> ToldOf(WebhookReceiver receiver, string id) =>
        receiver.Taken.Select(post => (post.Id, Body: JsonNode.Parse(post.Body)!))
            .Where(post => post.Body["data"]!["caseId"]?.GetValue<string>() == id)
            .Select(post => (
                post.Id, Kind: post.Body["type"]!.GetValue<string>(), Audience: post.Body["data"]!["audience"]!.GetValue<string>()))
            .Distinct().Select(post => (post.Kind["emergency_access.".Length..], post.Audience));

    public static async Task<string> IdOfAsync(AccessGovProcesses services, string userName)
    {
        using var scim = new HttpClient { BaseAddress = services.IdentityFederation };
        scim.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await services.TokenAsync("provisioning"));
        JsonNode found = JsonNode.Parse(await scim.GetStringAsync($"scim/v2/Users?filter=userName eq \"{userName}\""))!;
        return found["Resources"]!.AsArray().Single()!["id"]!.GetValue<string>();
    }
}
