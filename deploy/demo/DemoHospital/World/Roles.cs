namespace AccessGov.DemoHospital.World;

/// <param name="Invokers">The roles whose holders may take it in an emergency; empty when it is given by grants alone.</param>
internal sealed record Role(string Id, string Description, string[] Permissions, params string[] Invokers)
{
    /// <summary>The role of those who decide when somebody asks for this one after a denial; null when it cannot be asked for.</summary>
    public string? Approver { get; init; }
}

/// <summary>The shipped roles, whose permissions are in the policies, and the hospital's own, whose permissions are data.</summary>
internal static class Roles
{
    public const string WardPhysician = "ward-physician";
    public const string ClinicalResearcher = "clinical-researcher";
    public const string MedicalPhysicist = "medical-physicist";
    public const string Teleradiologist = "teleradiologist";
    public const string SecondOpinion = "second-opinion";

    public static IReadOnlyList<Role> All { get; } =
    [
        new("radiologist", "Reads and reports studies.", []),
        new("radiology-technologist", "Makes studies.", []),
        new("referring-physician", "Reads the imaging history of patients referred to her.", []),
        new("it-support", "Keeps the archive running.", []),
        new("billing-staff", "Reads what was done, without images.", []),
        new("compliance-auditor", "Reviews the audit log and metadata.", []),
        new("user-administrator", "Manages users and their access.", []),
        new("system-administrator", "Configures AccessGov.", []),
        new("audit-reviewer", "Reviews the audit log.", []),
        new("modality", "A machine that makes studies.", []),
        new("archive-feeder", "A machine that follows the archive.", []),
        new("archive-router", "A machine that sends studies on.", []),
        new("emergency-reader", "Taken in an emergency: reads one patient's studies.", [],
            "radiologist", "radiology-technologist", "emergency-physician", "ward-physician"),
        new(SecondOpinion, "Asked for after a denial: looks at one patient's studies for some hours.",
            ["study.search", "study.view", "study.read-metadata"]) { Approver = "radiologist" },
        new("emergency-physician", "Looks at studies in the emergency department.", ["study.search", "study.view", "study.read-metadata"]),
        new("radiology-secretary", "Finds studies and prints them for patients.", ["study.search", "study.print", "worklist.read"]),
        new(Teleradiologist, "Reads and reports from outside.",
            ["study.view", "study.read-metadata", "study.retrieve", "study.annotate", "study.append"]),

        // What these may do stands in the policies of each department.
        new(WardPhysician, "Looks at the studies of the own department.", []),
        new(MedicalPhysicist, "Looks after the protocols of the modalities.", []),
        new(ClinicalResearcher, "Uses finalized studies for approved research.", []),
    ];
}
