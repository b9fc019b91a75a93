using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Export;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Tests.Export;

/// <summary>Leaves of a trail for tests, and a trail in memory.</summary>
internal sealed class Leaves : ITrailLeaves
{
    public long First => 0;

    private static readonly JsonSerializerOptions Text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock gate = new();
    private readonly List<ReadOnlyMemory<byte>> all = [];

    public static readonly ExportOrigin Origin = new(
        "hospital.test/audit", "audit.hospital.test", "1.0", "Hospital of the tests", "urn:oid:2.999.1", new Dictionary<string,
            string>(StringComparer.Ordinal)
        {
            ["pacs"] = "pacs.hospital.test",
        });

    public int Count
    {
        get
        {
            lock (gate)
            {
                return all.Count;
            }
        }
    }

    /// <summary>A leaf as the trail writes it; members that are null are left out.</summary>
    public static byte[] Leaf(
        long sequence = 0, string action = AuditActions.View, string outcome = "success", string service = "pacs", string kind =
            "dicom.110103",
        string? actor = "ada", string? address = "10.0.0.7", string? workstation = "ws-7", string? study = "1.2.840.7", string? series =
            null,
        string? patient = "pt-4f1d", string? resource = null, string? reason = null, string? emergencyCase = null, string? decision = null,
        string? session = "s-1")
    {
        JsonNode leaf = JsonSerializer.SerializeToNode(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["v"] = 1, ["seq"] = sequence, ["prev"] = new string('0', 64), ["ts"] = "2026-11-27T18:40:00.123456Z", ["recv_ts"] =
                "2026-11-27T18:40:01.000000Z",
            ["svc"] = service, ["stream"] = "person-ada", ["version"] = 3, ["event_id"] = $"event-{sequence}", ["kind"] = kind, ["actor"] =
                actor,
            ["session"] = session, ["src"] = new { ip = address, workstation }, ["action"] = action,
            ["object"] = new { study, series, patient_token = patient, resource }, ["outcome"] = outcome, ["reason"] = reason,
            ["policy"] = new { bundle_digest = "ab12", decision_id = decision },
            ["sealed"] = new[] { new { kid = "k-1", nonce = "AAAA", ct = "AQID" } }, ["corr"] = "trace-1", ["case"] = emergencyCase,
        })!;
        return JsonSerializer.SerializeToUtf8Bytes(WithoutNulls(leaf), Text);
    }

    public static TrailEntry Entry(byte[] leaf) => TrailEntry.Parse(leaf);

    /// <summary>One event of each action, with and without everything that need not be known, with each outcome.</summary>
    public static IReadOnlyList<TrailEntry> EveryShape()
    {
        var shapes = new List<TrailEntry>();
        foreach (string action in AuditActions.All)
        {
            foreach (string outcome in AuditOutcomes.All)
            {
                string kind = action switch { AuditActions.Administer => "role-grant-given", AuditActions.SecurityAlert =>
                    "alert.unusual-place", _ => "thing" };
                shapes.Add(Entry(Leaf(shapes.Count, action, outcome, kind: kind, reason: "because", emergencyCase: "case-1",
                    decision: "d-1")));
                shapes.Add(Entry(Leaf(shapes.Count, action, outcome, kind: "decision", series: "1.2.840.7.1",
                    resource: "Archive::orthanc")));
                shapes.Add(Entry(Leaf(shapes.Count, action, outcome, kind: "policy-set-published", study: null, address: null,
                    resource: "Policy::7")));
                shapes.Add(Entry(Leaf(shapes.Count, action, outcome, kind: "thing", actor: null, address: null, workstation: null,
                    study: null, patient: null, session: null)));
                shapes.Add(Entry(Leaf(shapes.Count, action, outcome, kind: "person-suspended", patient: null)));
            }
        }

        return shapes;
    }

    public void Add(byte[] leaf)
    {
        lock (gate)
        {
            all.Add(leaf);
        }
    }

    public ValueTask<long> HeadAsync(CancellationToken cancellation) => ValueTask.FromResult<long>(Count);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(long from, int max, CancellationToken cancellation)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<ReadOnlyMemory<byte>>>([.. all.Skip((int)from).Take(max)]);
        }
    }

    public static string Utf8(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static JsonNode WithoutNulls(JsonNode node)
    {
        if (node is JsonObject members)
        {
            foreach (KeyValuePair<string, JsonNode?> member in members.ToArray())
            {
                if (member.Value is null || (WithoutNulls(member.Value) is JsonObject { Count: 0 }))
                {
                    members.Remove(member.Key);
                }
            }
        }

        return node;
    }
}
