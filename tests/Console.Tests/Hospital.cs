using System.Text.Json.Nodes;
using AccessGov.Testing;

namespace AccessGov.Console.Tests;

/// <summary>What the tests' hospital has: the shipped policy set, one site, a few roles, people and studies.</summary>
internal static class Hospital
{
    public const string OpenStudy = "1.2.3.1";
    public const string OtherStudy = "1.2.3.2";

    /// <summary>The files of the shipped policy set, in the order of their names.</summary>
    public static object[] PolicyFiles()
    {
        string folder = WorkingCopy.PathOf("deploy", "policies");
        return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cedar" or ".json" or ".cedarschema" or ".obligations")
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal)
            .Select(name => new { name, text = File.ReadAllText(Path.Combine(folder, name)) })];
    }

    public static async Task LoadAsync(AccessGovProcesses service)
    {
        await service.SendAsync(HttpMethod.Post, "policy-sets/hospital/versions", new { files = PolicyFiles(), comment = "The shipped set." });
        await service.SendAsync(HttpMethod.Put, "sites/main", new
        {
            name = "Main building", timeZone = "Europe/Zurich", networks = new[] { new { name = "wards", cidr = "10.0.0.0/16" } },
            departments = new[] { new { id = "radiology", name = "Radiology" } },
        });
        await RoleAsync("radiologist", new { description = "Reads and reports studies." });
        await RoleAsync("billing-staff", new { description = "Reads what was done, without images." });
        await RoleAsync("guest-reader", new
        {
            description = "Looks at one patient's studies for a while.", permissions = new[] { "study.view", "study.search" },
            request = new { hoursMax = 8, approver = "radiologist" },
        });
        await RoleAsync("ward-physician", new { description = "Treats patients on the wards." });
        await RoleAsync("emergency-reader", new
        {
            description = "Taken in an emergency: reads one patient's studies.",
            emergency = new { hoursMax = 4, invokers = new[] { "ward-physician" } },
        });
        await GrantAsync("emma", "ward-physician");
        await GrantAsync("egon", "ward-physician");
        await GrantAsync("elsa", "ward-physician");
        await GrantAsync("ada", "radiologist");
        await GrantAsync("ben", "radiologist");
        await GrantAsync("bill", "billing-staff");
        await service.SendAsync(HttpMethod.Post, "studies/import", new { studies = new[] { Study(OpenStudy, "P-1"), Study(OtherStudy, "P-2") } });

        async Task RoleAsync(string id, object role) => await service.SendAsync(HttpMethod.Put, $"roles/{id}", role);

        async Task GrantAsync(string person, string role) => await service.SendAsync(HttpMethod.Post, "grants", new
        {
            subjectId = person, role, scope = new { kind = "everywhere" }, reason = "Works here.",
        });
    }

    /// <summary>Asks for a decision as a PACS in the hospital does; answers it whole.</summary>
    public static async Task<JsonNode> DecideAsync(AccessGovProcesses service, string person, string action, string study) => (await service.SendAsync(
        HttpMethod.Post, "access/v1/evaluation", new
        {
            subject = new { type = "User", id = person }, action = new { name = action }, resource = new { type = "Study", id = study },
            context = new { sourceIp = "10.0.4.7", assuranceLevel = 2 },
        }))!;

    private static object Study(string uid, string patient) => new { studyInstanceUid = uid, patientId = patient, department = "radiology", modality = new[] { "CT" } };
}
