using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessGov.DemoHospital.World;

namespace AccessGov.DemoHospital;

/// <summary>
/// Loads the hospital into the service. A second run finds it there and changes nothing; a run that was cut off is taken up again.
/// </summary>
internal static class Load
{
    private const int Batch = 5_000;
    private const int EmergencyHours = 4;
    private const int RequestHours = 8;

    public static async Task RunAsync(AccessGovApi api, TextWriter output)
    {
        long start = Stopwatch.GetTimestamp();
        await PoliciesAsync(api, output);
        foreach (Site site in Sites.All)
        {
            await api.PutAsync($"sites/{site.Id}", new
            {
                site.Name,
                site.TimeZone,
                site.WorkingHours,
                site.Networks,
                Departments = site.Departments.Select(department => new { department.Id, department.Name }),
                site.Archives,
            });
        }

        await api.PutAsync(
            "network-lists/machine-segments",
            new { Description = "Machines stand here; people open nothing.", Networks = Sites.MachineSegments });
        await output.WriteLineAsync($"sites      {Sites.All.Count} with {Sites.Departments.Count} departments");
        foreach (Role role in Roles.All)
        {
            await api.PutAsync($"roles/{role.Id}", new
            {
                role.Description, Permissions = role.Permissions.Length == 0 ? null : role.Permissions,
                Request = role.Approver is { } approver ? new { HoursMax = RequestHours, Approver = approver } : null,
                Emergency = role.Invokers.Length == 0 ? null : new { HoursMax = EmergencyHours, role.Invokers },
            });
        }

        await output.WriteLineAsync($"roles      {Roles.All.Count}");
        await GrantsAsync(api, output);
        await ImportAsync(api, output, "relations", [.. Hospital.Relations()]);
        await StudiesAsync(api, output);
        await output.WriteLineAsync($"loaded in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
    }

    private static async Task PoliciesAsync(AccessGovApi api, TextWriter output)
    {
        JsonElement published = await api.PostAsync(
            "policy-sets/hospital/versions", new { Files = PolicyFiles.All(), Comment = "The demo hospital." });
        await output.WriteLineAsync($"policies   version {published.GetProperty("version")}");
    }

    private static async Task GrantsAsync(AccessGovApi api, TextWriter output)
    {
        Grant[] grants = [.. Hospital.Grants()];

        // Batches are loaded in order: when the last person has all grants of the hospital, everybody has.
        string last = grants[^1].SubjectId;
        JsonElement? found = await api.FindAsync($"grants?subject={last}");
        if (found?.GetProperty("grants").GetArrayLength() >= grants.Count(grant => grant.SubjectId == last))
        {
            await output.WriteLineAsync($"grants     {grants.Length} are there already");
            return;
        }

        await ImportAsync(api, output, "grants", grants);
    }

    private static async Task StudiesAsync(AccessGovApi api, TextWriter output)
    {
        Study[] studies = [.. Hospital.Studies()];
        if (await api.FindAsync($"studies/{studies[^1].StudyInstanceUid}") is not null)
        {
            await output.WriteLineAsync($"studies    {studies.Length} are there already");
            return;
        }

        await ImportAsync(api, output, "studies", studies);
    }

    private static async Task ImportAsync<T>(AccessGovApi api, TextWriter output, string kind, IReadOnlyList<T> items)
    {
        int done = 0;
        foreach (T[] batch in items.Chunk(Batch))
        {
            // A key of the content: a repeated batch is known, a changed one is another.
            string content = JsonSerializer.Serialize(batch, Json.Options);
            string key = $"demo-{kind}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..32]}";
            JsonElement answer = await api.PostAsync(
                $"{kind}/import", new Dictionary<string, object>(StringComparer.Ordinal) { [kind] = batch }, key);
            if (answer.GetProperty("refused").GetInt32() is var refused and > 0)
            {
                JsonElement first = answer.GetProperty("results").EnumerateArray()
                    .First(item => item.GetProperty("status").ValueEquals("refused"));
                throw new DemoException($"{refused} of {batch.Length} {kind} were refused. The first: {first}");
            }

            done += batch.Length;
            await output.WriteLineAsync($"{kind,-10} {done} of {items.Count}");
        }
    }
}
