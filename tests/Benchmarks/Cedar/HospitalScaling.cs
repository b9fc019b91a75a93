using System.Globalization;
using System.Text;
using AccessGov.Cedar;

namespace AccessGov.Benchmarks.Cedar;

/// <summary>
/// The hospital scaling set, after the scenario that SAPL publishes its figures for: 33 policies for each of N departments (32 permits for
/// pairs of role and resource type, one forbid by sensitivity) and 5 for emergencies, over 9 roles, 12 actions and 10 resource types. Five
/// people of each department are in one of its two teams, a team is in its department, and with 5 % for each other department they help
/// out in a team there: at 300 departments a person has some thirty ancestors.
/// </summary>
internal static class HospitalScaling
{
    private const int TeamsPerDepartment = 2;
    private const int StaffPerDepartment = 5;
    private const int SensitivityMax = 4;
    private const double HelpsOut = 0.05;
    private const int RequestCount = 500;

    private static readonly string[] ResourceTypes =
        ["PatientRecord", "LabResult", "Prescription", "Imaging", "BillingRecord", "Schedule", "CareNote", "Referral", "Consent", "AuditLog"];

    // Which of them a question is about, and what it wants: the more roles may see or do something, the more often it is asked.
    private static readonly string[] AskedTypes =
    [
        "PatientRecord", "PatientRecord", "PatientRecord", "LabResult", "LabResult", "CareNote", "CareNote", "Prescription", "Imaging", "Schedule",
        "BillingRecord", "AuditLog", "Referral",
    ];

    private static readonly string[] AskedActions =
    [
        "read", "read", "read", "read", "read", "read", "read", "write", "write", "write", "create", "create", "order", "prescribe", "approve", "bill",
        "audit", "delete",
    ];

    private static readonly (string Role, int Clearance, (string Type, string Actions)[] Permits)[] Roles =
    [
        ("attending", 4,
        [
            ("PatientRecord", "read write create"), ("LabResult", "read order"), ("Prescription", "read write prescribe"), ("Imaging", "read order"),
            ("CareNote", "read write create"), ("Referral", "read write create"),
        ]),
        ("resident", 3,
        [
            ("PatientRecord", "read write"), ("LabResult", "read"), ("Prescription", "read"), ("Imaging", "read order"),
            ("CareNote", "read write create"), ("Referral", "read create"),
        ]),
        ("nurse", 3,
        [
            ("PatientRecord", "read write"), ("LabResult", "read"), ("Prescription", "read"), ("CareNote", "read write create"), ("Schedule", "read write"),
        ]),
        ("labTech", 2, [("LabResult", "read write create"), ("Imaging", "read write create")]),
        ("pharmacist", 3, [("Prescription", "read write approve"), ("PatientRecord", "read")]),
        ("admin", 2, [("Schedule", "read write create delete"), ("BillingRecord", "read write"), ("AuditLog", "read")]),
        ("billing", 2, [("BillingRecord", "read write create bill"), ("PatientRecord", "read")]),
        ("auditor", 4, [("AuditLog", "read write create audit"), ("PatientRecord", "read"), ("BillingRecord", "read")]),
        ("researcher", 1, [("PatientRecord", "read"), ("LabResult", "read"), ("Imaging", "read")]),
    ];

    /// <summary>The scenario with 33 · <paramref name="departments"/> + 5 policies.</summary>
    public static Scenario Of(int departments) => new("hospital", Policies(departments), [Hospital(departments, new Draw(departments))]);

    public static string Policies(int departments)
    {
        var text = new StringBuilder();
        for (int d = 0; d < departments; d++)
        {
            foreach ((string role, _, (string Type, string Actions)[] permits) in Roles)
            {
                foreach ((string type, string actions) in permits)
                {
                    text.AppendLine(CultureInfo.InvariantCulture,
                        $$"""
                        permit(principal in Department::"d{{d}}", {{Wanted(actions)}}, resource is {{type}} in Department::"d{{d}}")
                        when { principal.role == "{{role}}" };
                        """);
                }
            }

            text.AppendLine(CultureInfo.InvariantCulture,
                $$"""forbid(principal, action, resource in Department::"d{{d}}") when { resource.sensitivity > principal.clearance };""");
        }

        foreach (string type in (string[])["PatientRecord", "LabResult", "Prescription", "Imaging", "CareNote"])
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $$"""permit(principal, {{Wanted("read write prescribe override")}}, resource is {{type}}) when { principal.role == "emergency" };""");
        }

        return text.ToString();
    }

    /// <summary>The types that the policies are checked against.</summary>
    public static Schema Schema() => AccessGov.Cedar.Schema.Parse(
        $$"""
        entity Department;
        entity Team in Department;
        entity Staff in Team = { role: String, clearance: Long };
        entity {{string.Join(", ", ResourceTypes)}} in Department = { sensitivity: Long };
        action read, write, create, delete, prescribe, order, discharge, transfer, bill, audit, approve, override
        appliesTo { principal: Staff, resource: [{{string.Join(", ", ResourceTypes)}}] };
        """);

    private static string Wanted(string actions) => actions.Contains(' ', StringComparison.Ordinal)
        ? $"action in [{string.Join(", ", actions.Split(' ').Select(action => $"Action::\"{action}\""))}]"
        : $"action == Action::\"{actions}\"";

    private static Situation Hospital(int departments, Draw draw)
    {
        var entities = new List<Entity>();
        var staff = new List<(EntityUid Uid, int Department)>();
        for (int d = 0; d < departments; d++)
        {
            entities.Add(new Entity(Department(d)));
            entities.AddRange(Enumerable.Range(0, TeamsPerDepartment).Select(team => new Entity(Team(d, team), null, [Department(d)])));
            for (int i = 0; i < StaffPerDepartment; i++)
            {
                (string role, int clearance, _) = draw.Of(Roles);
                IEnumerable<int> elsewhere = draw.Some(departments, HelpsOut).Where(other => other != d);
                var uid = new EntityUid("Staff", $"s{staff.Count}");
                entities.Add(new Entity(
                    uid, RecordValue.Of(("role", Value.Of(role)), ("clearance", Value.Of(clearance))),
                    [.. elsewhere.Prepend(d).Select(department => Team(department, draw.Below(TeamsPerDepartment)))]));
                staff.Add((uid, d));
            }

            entities.AddRange(ResourceTypes.SelectMany(type => Enumerable.Range(1, SensitivityMax).Select(sensitivity => new Entity(
                Resource(type, d, sensitivity), RecordValue.Of(("sensitivity", Value.Of(sensitivity))), [Department(d)]))));
        }

        return new Situation(EntityStore.Create(entities), [.. Enumerable.Range(0, RequestCount).Select(_ => Request())]);

        Request Request()
        {
            (EntityUid who, int home) = draw.Of(staff);
            int department = draw.Chance(0.8) ? home : draw.Below(departments);
            int sensitivity = draw.Chance(0.7) ? 1 : 1 + draw.Below(SensitivityMax);
            return new Request(who, new EntityUid("Action", draw.Of(AskedActions)), Resource(draw.Of(AskedTypes), department, sensitivity), RecordValue.Empty);
        }
    }

    private static EntityUid Department(int department) => new("Department", $"d{department}");

    private static EntityUid Team(int department, int team) => new("Team", $"d{department}-t{team}");

    private static EntityUid Resource(string type, int department, int sensitivity) => new(type, $"d{department}-{sensitivity}");
}
