using System.Text.Json;
using AccessGov.DemoHospital.World;

namespace AccessGov.DemoHospital;

/// <summary>
/// The hospital as Cedar entities. The service works out a person's roles for each resource; files cannot, so here everybody has the roles of the grants that
/// hold for good, wherever they hold.
/// </summary>
internal static class StandaloneEntities
{
    public static void Write(Stream stream)
    {
        using var writer = new Utf8JsonWriter(stream);
        writer.WriteStartArray();
        WriteActions(writer);
        foreach (string role in Roles.All.Select(role => role.Id))
        {
            WriteEntity(writer, "Reader", role, null);
            WriteEntity(writer, "Role", role, null, ("Reader", role));
        }

        foreach (Site site in Sites.All)
        {
            WriteEntity(writer, "Site", site.Id, null);
            site.Departments.ToList().ForEach(department => WriteEntity(writer, "Department", department.Id, null, ("Site", site.Id)));
            site.Archives.ToList().ForEach(archive => WriteEntity(writer, "Archive", archive, null, ("Site", site.Id)));
        }

        WriteEntity(writer, "System", "accessgov", null);
        WriteSubjects(writer);
        WritePatients(writer);
        foreach (Study study in Hospital.Studies())
        {
            WriteEntity(writer, "Study", study.StudyInstanceUid, StudyAttributes(study), ("Patient", study.PatientId), ("Department", study.Department));
        }

        writer.WriteEndArray();
    }

    /// <summary>The context that the service would compute, on a Wednesday morning.</summary>
    public static Dictionary<string, object> Context(Evaluation request) => new(StringComparer.Ordinal)
    {
        ["now"] = Extension("datetime", "2026-03-11T10:00:00Z"),
        ["siteOffset"] = Extension("duration", "1h"),
        ["dayOfWeek"] = 3,
        ["timeOfDay"] = Extension("duration", "11h"),
        ["workingHours"] = true,
        ["knownNetwork"] = true,
        ["network"] = "north wards",
        ["sourceIp"] = Extension("ip", (string)request.Context["sourceIp"]),
        ["assuranceLevel"] = request.Context["assuranceLevel"],
        ["explicitGrant"] = false,
    };

    private static void WriteActions(Utf8JsonWriter writer)
    {
        using var actions = JsonDocument.Parse(PolicyFiles.All().Single(file => file.Name == "actions.json").Text);
        actions.RootElement.EnumerateArray().ToList().ForEach(action => action.WriteTo(writer));
    }

    private static void WriteSubjects(Utf8JsonWriter writer)
    {
        ILookup<string, Relation> family = Hospital.Relations().Where(relation => relation.Kind == "family").ToLookup(relation => relation.User, StringComparer.Ordinal);
        var selves = Hospital.Relations().Where(relation => relation.Kind == "self").ToDictionary(relation => relation.User, relation => relation.Patient, StringComparer.Ordinal);
        foreach (IGrouping<(string Type, string Id), Grant> grants in Hospital.Grants().GroupBy(grant => (grant.SubjectType, grant.SubjectId)))
        {
            (string, string)[] groups = [.. grants.Where(grant => grant.Until is null && grant.Scope.Kind != "patient")
                .Select(grant => (grant.ReadOnly ? "Reader" : "Role", grant.Role)).Distinct()];
            WriteEntity(writer, grants.Key.Type, grants.Key.Id, grants.Key.Type == "Service" ? null : Attributes(grants.Key.Id), groups);
        }

        Dictionary<string, object> Attributes(string user)
        {
            var attributes = new Dictionary<string, object>(StringComparer.Ordinal) { ["family"] = family[user].Select(relation => Entity("Patient", relation.Patient)) };
            if (selves.TryGetValue(user, out string? patient))
            {
                attributes["self"] = Entity("Patient", patient);
            }

            return attributes;
        }
    }

    private static void WritePatients(Utf8JsonWriter writer)
    {
        ILookup<string, Relation> relations = Hospital.Relations().Where(relation => relation.Until is null || relation.Until == Grant.FarFuture)
            .ToLookup(relation => relation.Patient, StringComparer.Ordinal);
        foreach (string patient in Hospital.Studies().Select(study => study.PatientId).Concat(relations.Select(group => group.Key)).Distinct(StringComparer.Ordinal))
        {
            WriteEntity(writer, "Patient", patient, new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["careTeam"] = Users("care-team"),
                ["referredTo"] = Users("referral"),
                ["isStaff"] = relations[patient].Any(relation => relation.Kind == "self"),
            });

            IEnumerable<object> Users(string kind) => relations[patient].Where(relation => relation.Kind == kind).Select(relation => Entity("User", relation.User));
        }
    }

    private static Dictionary<string, object> StudyAttributes(Study study)
    {
        var attributes = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["patient"] = Entity("Patient", study.PatientId),
            ["department"] = Entity("Department", study.Department),
            ["site"] = Entity("Site", Sites.Departments.Single(item => item.Department.Id == study.Department).Site.Id),
            ["modality"] = study.Modality,
            ["studyDate"] = Extension("datetime", $"{study.StudyDate[..4]}-{study.StudyDate[4..6]}-{study.StudyDate[6..]}"),
            ["labels"] = study.Labels,
            ["finalized"] = study.Finalized,
        };
        if (study.ReferringPhysician is { } physician)
        {
            attributes["referringPhysician"] = Entity("User", physician);
        }

        return attributes;
    }

    private static void WriteEntity(Utf8JsonWriter writer, string type, string id, Dictionary<string, object>? attributes, params (string Type, string Id)[] parents) =>
        JsonSerializer.Serialize(
            writer, new { uid = new { type, id }, attrs = attributes ?? [], parents = parents.Select(parent => new { type = parent.Type, id = parent.Id }) }, Json.Options);

    private static object Entity(string type, string id) => new { __entity = new { type, id } };

    private static object Extension(string function, string argument) => new { __extn = new { fn = function, arg = argument } };
}
