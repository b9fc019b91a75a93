namespace AccessGov.DemoHospital.World;

internal sealed record CastMember(string Id, string Name, string Department, Grant[] Grants);

/// <summary>The people, patients and studies that have a part in the demo's questions.</summary>
internal static class Cast
{
    public const string Trauma = "P100001";
    public const string Sensitive = "P100002";
    public const string Referred = "P100003";
    public const string DaughterOfNils = "P100004";
    public const string TreatedByWilma = "P100005";
    public const string StaffMember = "P100006";
    public const string NightCase = "P100008";

    public static IReadOnlyList<CastMember> People { get; } =
    [
        new("ada", "Dr. Ada Brandt, radiologist", Sites.MainRadiology, [Grant.Everywhere("ada", "radiologist", "Head of radiology of the group.")]),
        new("nils", "Dr. Nils Aalto, radiologist", Sites.MainRadiology, [Grant.AtSite("nils", "radiologist", "north", "Consultant.")]),
        new("tom", "Tom Keller, technologist", Sites.MainRadiology, [Grant.AtSite("tom", "radiology-technologist", "north", "Works on all modalities.")]),
        new("rosa", "Dr. Rosa Lindner, referring physician", "south-orthopaedics",
            [Grant.Everywhere("rosa", "referring-physician", "Practice in the town.")]),
        new("wilma", "Dr. Wilma Okafor, ward physician", "north-internal-medicine",
            [Grant.AtDepartment("wilma", Roles.WardPhysician, "north-internal-medicine", "Ward 3.")]),
        new("yuki", "Dr. Yuki Tanaka, teleradiologist", Sites.NightReading,
            [Grant.AtDepartment("yuki", Roles.Teleradiologist, Sites.NightReading, "Night reading contract.")]),
        new("ivan", "Ivan Horvat, IT support", Sites.MainRadiology, [Grant.Everywhere("ivan", "it-support", "Runs the archives.")]),
        new("bea", "Bea Sommer, billing", Sites.MainRadiology, [Grant.AtSite("bea", "billing-staff", "north", "Billing office.") with { ReadOnly = true }]),
        new("clara", "Clara Nguyen, compliance auditor", Sites.MainRadiology,
            [Grant.Everywhere("clara", "compliance-auditor", "Compliance office.") with { ReadOnly = true }]),
        new("uma", "Uma Petersen, user administrator", Sites.MainRadiology, [Grant.Everywhere("uma", "user-administrator", "Identity team.")]),
        new("sven", "Sven Maier, system administrator", Sites.MainRadiology, [Grant.Everywhere("sven", "system-administrator", "Platform team.")]),
        new("aude", "Aude Laurent, audit reviewer", Sites.MainRadiology, [Grant.Everywhere("aude", "audit-reviewer", "Data protection office.")]),
    ];

    public static IReadOnlyList<Grant> Machines { get; } =
    [
        Grant.Everywhere("ct-north-1", "modality", "CT scanner of the main radiology.") with { SubjectType = "Service" },
        Grant.Everywhere("orthanc-feeder", "archive-feeder", "Follows the archive's changes.") with { SubjectType = "Service" },
        Grant.Everywhere("north-router", "archive-router", "Sends studies to the outpatient centre.") with { SubjectType = "Service" },
    ];

    public static IReadOnlyList<Study> Studies { get; } =
    [
        Study.Of(0, Trauma, Sites.MainRadiology, "CT"),
        Study.Of(1, Trauma, Sites.MainRadiology, "MR") with { Finalized = true },
        Study.Of(2, Sensitive, Sites.MainRadiology, "MR") with { Labels = ["restricted"] },
        Study.Of(3, Referred, "north-orthopaedics", "DX") with { Finalized = true },
        Study.Of(4, DaughterOfNils, Sites.MainRadiology, "CT"),
        Study.Of(5, TreatedByWilma, "north-internal-medicine", "US"),
        Study.Of(6, StaffMember, Sites.MainRadiology, "CT"),
        Study.Of(7, NightCase, Sites.NightReading, "CT"),
    ];

    public static IReadOnlyList<Relation> Relations { get; } =
    [
        new("referral", "rosa", Referred), new("family", "nils", DaughterOfNils), new("care-team", "wilma", TreatedByWilma), new("self", "tom", StaffMember),
    ];
}
