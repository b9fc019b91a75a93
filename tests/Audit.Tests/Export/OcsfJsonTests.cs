using System.Text.Json.Nodes;
using AccessGov.Audit.Export;
using AccessGov.Audit.Export.Formats;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Tests.Export;

/// <summary>
/// The rules are those of the schema's own files (ocsf-schema, events/*.json): what each class requires, and one of what it requires one
/// of.
/// </summary>
public sealed class OcsfJsonTests
{
    private static readonly Dictionary<int, string[]> Required = new()
    {
        [2004] = ["finding_info"],
        [3001] = ["user"],
        [3002] = ["user", "service"],
        [3004] = ["entity"],
        [6001] = ["web_resources"],
        [6002] = ["app"],
        [6003] = ["actor", "api", "src_endpoint"],
        [6005] = ["actor", "src_endpoint", "table"],
    };

    private static readonly Dictionary<int, int> ActivitiesMax = new() { [2004] = 3, [3001] = 11, [3002] = 5, [3004] = 4, [6001] = 8,
        [6002] = 4, [6003] = 4, [6005] = 10 };

    [Fact]
    public void Every_event_has_what_its_class_requires()
    {
        var met = new HashSet<int>();
        foreach (TrailEntry entry in Leaves.EveryShape())
        {
            JsonObject found = OcsfJson.Of(new ExportedEvent(entry), Leaves.Origin);
            int kind = Number(found, "class_uid"), activity = Number(found, "activity_id");
            met.Add(kind);
            (Number(found, "category_uid"), Number(found, "type_uid")).ShouldBe((kind / 1000, (kind * 100) + activity));
            (activity == 99 || (activity >= 1 && activity <= ActivitiesMax[kind])).ShouldBeTrue(found.ToJsonString());
            found["activity_name"]!.GetValue<string>().ShouldNotBeEmpty();
            Number(found, "severity_id").ShouldBeInRange(1, 4);
            found["time"]!.GetValue<long>().ShouldBe(1_795_804_800_123);
            found["metadata"]!["version"]!.GetValue<string>().ShouldBe(OcsfJson.SchemaVersion);
            found["metadata"]!["product"]!["name"]!.GetValue<string>().ShouldBe("AccessGov");
            (found["metadata"]!["uid"]!.GetValue<string>(), found["metadata"]!["sequence"]!.GetValue<long>())
                .ShouldBe((entry.EventId, entry.Sequence));
            foreach (string member in Required[kind])
            {
                found[member].ShouldNotBeNull($"{member} of {found.ToJsonString()}");
            }

            NothingIsEmpty(found);
        }

        met.ShouldBe(Required.Keys, ignoreOrder: true);
    }

    [Theory]
    [InlineData(AuditActions.SignIn, "x", 300201)]
    [InlineData(AuditActions.SignOut, "x", 300202)]
    [InlineData(AuditActions.View, "x", 600102)]
    [InlineData(AuditActions.Query, "x", 600105)]
    [InlineData(AuditActions.Export, "x", 600107)]
    [InlineData(AuditActions.Share, "x", 600108)]
    [InlineData(AuditActions.Print, "x", 600199)]
    [InlineData(AuditActions.Administer, "person-suspended", 300199)]
    [InlineData(AuditActions.Administer, "policy-set-published", 300499)]
    [InlineData(AuditActions.SecurityAlert, "x", 200401)]
    [InlineData(AuditActions.EmergencyEnd, "x", 200403)]
    [InlineData(AuditActions.AuditRead, "x", 600501)]
    [InlineData(AuditActions.ApplicationStart, "x", 600203)]
    public void An_action_is_an_activity_of_a_class(string action, string kind, int type) =>
        Number(OcsfJson.Of(new ExportedEvent(Leaves.Entry(Leaves.Leaf(action: action, kind: kind))), Leaves.Origin), "type_uid")
            .ShouldBe(type);

    [Fact]
    public void A_name_is_there_only_for_those_who_may_know_it()
    {
        TrailEntry entry = Leaves.Entry(Leaves.Leaf());

        string known = Leaves.Utf8(JsonMembers.Bytes(OcsfJson.Of(new ExportedEvent(
            entry, new OpenedDetails("4711", "Änne Müller", "Ada Lovelace")), Leaves.Origin)));

        (known.Contains("4711", StringComparison.Ordinal), known.Contains("Änne Müller", StringComparison.Ordinal),
            known.Contains("Ada Lovelace", StringComparison.Ordinal))
            .ShouldBe((true, true, true));
        OcsfJson.Of(new ExportedEvent(entry), Leaves.Origin).ToJsonString().ShouldContain("pt-4f1d");
    }

    private static void NothingIsEmpty(JsonNode? node)
    {
        node.ShouldNotBeNull();
        if (node is JsonObject members)
        {
            members.Count.ShouldBeGreaterThan(0, members.Root.ToJsonString());
            members.ToList().ForEach(member => NothingIsEmpty(member.Value));
        }
        else if (node is JsonArray items)
        {
            items.Count.ShouldBeGreaterThan(0, items.Root.ToJsonString());
            items.ToList().ForEach(NothingIsEmpty);
        }
    }

    private static int Number(JsonObject found, string member) => found[member]!.GetValue<int>();
}
