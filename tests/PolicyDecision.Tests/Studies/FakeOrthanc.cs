using System.Net;
using AccessGov.PolicyDecision.Studies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AccessGov.PolicyDecision.Tests.Studies;

/// <summary>An archive that answers as Orthanc does: changes of what was deleted vanish, and deletions are not told.</summary>
internal sealed class FakeOrthanc : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Uid, string Patient, string? Physician, List<string> Modalities)> studies = new(StringComparer.Ordinal);
    private readonly List<(long Sequence, string Type, string Resource, string Id)> changes = [];
    private WebApplication? app;
    private long sequence;

    public bool Failing { get; set; }

    public string Address => app!.Urls.Single();

    public async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
    }

    public void Store(string uid, string patient, string modality, string? physician = null)
    {
        lock (gate)
        {
            string id = OrthancIdentifier.OfStudy(patient, uid);
            studies[id] = (uid, patient, physician, [modality]);
            changes.Add((++sequence, "NewInstance", "Instance", OrthancIdentifier.OfPatient(uid + "i")));
            changes.Add((++sequence, "NewSeries", "Series", $"{id}.0"));
            changes.Add((++sequence, "NewStudy", "Study", id));
        }
    }

    public void AddSeries(string uid, string modality)
    {
        lock (gate)
        {
            (string id, var study) = studies.Single(one => one.Value.Uid == uid);
            study.Modalities.Add(modality);
            changes.Add((++sequence, "NewSeries", "Series", $"{id}.{study.Modalities.Count - 1}"));
        }
    }

    public void Delete(string uid)
    {
        lock (gate)
        {
            string id = studies.Single(one => one.Value.Uid == uid).Key;
            studies.Remove(id);
            changes.RemoveAll(change => change.Id.StartsWith(id, StringComparison.Ordinal));
        }
    }

    public void Reset()
    {
        lock (gate)
        {
            studies.Clear();
            changes.Clear();
            sequence = 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        object? answer;
        lock (gate)
        {
            answer = Failing ? null : Answer(context.Request);
        }

        context.Response.StatusCode = Failing ? 500 : answer is null ? (int)HttpStatusCode.NotFound : 200;
        if (answer is not null)
        {
            await context.Response.WriteAsJsonAsync(answer);
        }
    }

    private object? Answer(HttpRequest request)
    {
        string[] path = request.Path.Value!.Trim('/').Split('/');
        long since = long.TryParse(request.Query["since"], out long given) ? given : 0;
        int limit = int.TryParse(request.Query["limit"], out int most) ? most : 100;
        return path switch
        {
            ["changes"] when request.Query.ContainsKey("last") => Page(changes.TakeLast(1), changes.LastOrDefault().Sequence, done: true),
            ["changes"] => Page(changes.Where(change => change.Sequence > since).Take(limit),
                changes.Where(change => change.Sequence > since).Take(limit).Select(change => change.Sequence).LastOrDefault(since),
                changes.Count(change => change.Sequence > since) <= limit),
            ["studies"] => studies.Keys.Order(StringComparer.Ordinal).Skip((int)since).Take(limit).ToArray(),
            ["studies", var id] when studies.TryGetValue(id, out var study) => new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["ID"] = id,
                ["Labels"] = new[] { "vip" },
                ["ParentPatient"] = OrthancIdentifier.OfPatient(study.Patient),
                ["MainDicomTags"] = new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["StudyInstanceUID"] = study.Uid, ["StudyDate"] = "20260131", ["AccessionNumber"] = "A\u00001 ", ["ReferringPhysicianName"] = study.Physician ?? "",
                },
                ["PatientMainDicomTags"] = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PatientID"] = study.Patient },
            },
            ["studies", var id, "series"] when studies.TryGetValue(id, out var study) => study.Modalities.Select(modality =>
                new Dictionary<string, object>(StringComparer.Ordinal) { ["MainDicomTags"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["Modality"] = modality } }).ToArray(),
            ["series", var id] when studies.ContainsKey(id.Split('.')[0]) => new Dictionary<string, object>(StringComparer.Ordinal) { ["ParentStudy"] = id.Split('.')[0] },
            _ => null,
        };
    }

    private static Dictionary<string, object> Page(IEnumerable<(long Sequence, string Type, string Resource, string Id)> changes, long last, bool done) =>
        new(StringComparer.Ordinal)
        {
            ["Changes"] = changes.Select(change => new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["ChangeType"] = change.Type, ["ResourceType"] = change.Resource, ["ID"] = change.Id, ["Seq"] = change.Sequence,
            }).ToArray(),
            ["Last"] = last,
            ["Done"] = done,
        };
}
