using System.Text;

namespace AccessGov.DemoHospital.World;

/// <summary>The rules that each department adds to the shipped set: 152 of them.</summary>
internal static class DepartmentPolicies
{
    public static string Write()
    {
        var text = new StringBuilder();
        foreach ((Site site, Department department) in Sites.Departments)
        {
            string place = $"{department.Name} ({site.Name})";
            text.Append(WardPhysicians(department, place)).Append(Research(department, place)).Append(AcceptedModalities(department, place));
            foreach (string modality in department.Modalities)
            {
                text.Append(Protocols(department, place, modality));
            }
        }

        return text.ToString();
    }

    private static string WardPhysicians(Department department, string place) =>
        $$"""
        @id("department-{{department.Id}}-ward-physicians")
        @reason("Ward physicians may look at the studies of their own department, {{place}}.")
        @requirement("S19, S28")
        permit (
          principal is User in Reader::"{{Roles.WardPhysician}}",
          action in [Action::"study.search", Action::"study.view", Action::"study.read-metadata"],
          resource is Study in Department::"{{department.Id}}"
        ) when {
          principal has department && principal.department == "{{department.Id}}"
        };


        """;

    private static string Research(Department department, string place) =>
        $$"""
        @id("department-{{department.Id}}-research")
        @reason("Researchers may retrieve finalized studies of {{place}} for research (purpose of use HRESCH).")
        @requirement("S23, S28")
        permit (
          principal is User in Reader::"{{Roles.ClinicalResearcher}}",
          action in [Action::"study.read-metadata", Action::"study.retrieve"],
          resource is Study in Department::"{{department.Id}}"
        ) when {
          resource.finalized && !resource.labels.containsAny(["restricted", "vip"]) &&
          context has purposeOfUse && context.purposeOfUse == "HRESCH"
        };


        """;

    private static string AcceptedModalities(Department department, string place)
    {
        string only = string.Join('-', department.Modalities).ToLowerInvariant();
        string list = string.Join(", ", department.Modalities.Select(modality => $"\"{modality}\""));
        return
            $$"""
            @id("department-{{department.Id}}-{{only}}-only")
            @reason("{{place}} makes {{string.Join(", ", department.Modalities)}} only. Store this study in the department that made it.")
            @requirement("S28")
            forbid (
              principal,
              action in Action::"acquire",
              resource is Study in Department::"{{department.Id}}"
            ) when {
              resource has modality && !resource.modality.isEmpty()
            } unless {
              resource.modality.containsAny([{{list}}])
            };


            """;
    }

    private static string Protocols(Department department, string place, string modality) =>
        $$"""
        @id("department-{{department.Id}}-{{modality.ToLowerInvariant()}}-protocols")
        @reason("Medical physicists may retrieve {{modality}} studies of {{place}} to look after the protocols.")
        @requirement("S23, S28")
        permit (
          principal is User in Reader::"{{Roles.MedicalPhysicist}}",
          action in [Action::"study.read-metadata", Action::"study.retrieve"],
          resource is Study in Department::"{{department.Id}}"
        ) when {
          resource.modality.contains("{{modality}}") && !resource.labels.contains("restricted")
        };


        """;
}
