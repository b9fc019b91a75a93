using System.Text;

namespace AccessGov.PolicyDecision.Tests.Search;

/// <summary>Policies that a seed makes: scopes and conditions of every kind that a search may narrow by, and of kinds that it must not.</summary>
internal sealed class RandomPolicies(Random random)
{
    private static readonly string[] Principals =
    [
        "principal", "principal is User", "principal is Service", "principal == User::\"ada\"", "principal in Role::\"radiologist\"", "principal in Reader::\"radiologist\"",
        "principal is User in Reader::\"billing-staff\"", "principal is User in Role::\"referring-physician\"", "principal is Service in Reader::\"modality\"", "principal in User::\"bo\"",
    ];

    private static readonly string[] Actions =
    [
        "action", "action == Action::\"study.view\"", "action in Action::\"read\"", "action in [Action::\"report\", Action::\"study.store\"]", "action == Action::\"archive.use-ui\"",
    ];

    private static readonly string[] Resources =
    [
        "resource", "resource is Study", "resource is Patient", "resource in Patient::\"P1\"", "resource is Study in Department::\"north-radiology\"", "resource == Study::\"1.2.1\"",
        "resource == Patient::\"P2\"", "resource in Site::\"south\"", "resource is Archive",
    ];

    private static readonly string[] Atoms =
    [
        "resource.patient.careTeam.contains(principal)", "resource.careTeam.contains(principal)", "principal in resource.patient.careTeam", "resource.patient.referredTo.contains(principal)",
        "resource.referredTo.contains(principal)", "resource.referringPhysician == principal", "principal == resource.referringPhysician", "principal.family.contains(resource.patient)",
        "principal.family.contains(resource)", "principal.self == resource.patient", "resource.patient == principal.self", "principal.self == resource", "principal in Reader::\"radiologist\"",
        "principal in Role::\"billing-staff\"", "principal in [Role::\"radiologist\", Reader::\"modality\"]", "principal has self", "resource has patient", "resource is Study",
        "resource has referringPhysician", "resource.labels.contains(\"vip\")", "resource.finalized", "context.assuranceLevel >= 2", "context.explicitGrant", "context.workingHours",
        "resource.modality.contains(\"CT\")", "resource has department && resource.department == Department::\"south-radiology\"", "resource.patient.isStaff", "true", "false",
        "context.missing", "resource[\"patient\"].careTeam.contains(principal)", "[resource.patient].contains(principal.self)",
    ];

    public string Text()
    {
        var text = new StringBuilder();
        for (int i = random.Next(1, 7); i > 0; i--)
        {
            text.Append("@id(\"p").Append(i).Append("\")\n").Append(random.Next(6) == 0 ? "forbid (" : "permit (")
                .Append(Pick(Principals)).Append(", ").Append(Pick(Actions)).Append(", ").Append(Pick(Resources)).Append(')');
            for (int clauses = random.Next(3); clauses > 0; clauses--)
            {
                text.Append(random.Next(5) == 0 ? " unless { " : " when { ").Append(Formula(random.Next(4))).Append(" }");
            }

            text.Append(";\n");
        }

        return text.ToString();
    }

    private string Formula(int depth) => depth == 0 ? Pick(Atoms) : random.Next(8) switch
    {
        0 => $"!({Formula(depth - 1)})",
        1 => $"(if {Formula(depth - 1)} then {Formula(depth - 1)} else {Formula(depth - 1)})",
        2 or 3 => $"({Formula(depth - 1)} || {Formula(depth - 1)})",
        _ => $"({Formula(depth - 1)} && {Formula(depth - 1)})",
    };

    private string Pick(string[] items) => items[random.Next(items.Length)];
}
