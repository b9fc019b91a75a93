using AccessGov.DemoHospital.World;

namespace AccessGov.DemoHospital;

internal sealed record Reference(string Type, string Id, Dictionary<string, string>? Properties = null);

internal sealed record ActionName(string Name);

/// <summary>One AuthZEN access evaluation.</summary>
internal sealed record Evaluation(Reference Subject, ActionName Action, Reference Resource, Dictionary<string, object> Context);

/// <summary>What is asked, in words and as evaluations, and the answers that the hospital's policies must give.</summary>
internal sealed record Question(string Text, Evaluation[] Evaluations, Expected[] Answers);

/// <summary>
/// An answer: the decision, a policy that must be among the determining ones (none for a default deny), and the role that can be asked for.
/// </summary>
internal sealed record Expected(bool Permitted, string? Policy, string? Role = null);

/// <summary>
/// The demo's questions. None depends on the time of day: who writes does it from the site without working hours, or is denied at any hour.
/// </summary>
internal static class Questions
{
    private const string InRadiology = "10.11.4.7";
    private const string AtHomeWithoutRemoteAccess = "203.0.113.77";

    public static IReadOnlyList<Question> All(DateTimeOffset now) =>
    [
        Ask("A radiologist opens a CT study from the radiology's network.",
            By("ada", "study.view", StudyOf(0)), Yes("radiologist-read")),
        Ask("The same radiologist opens it from a network that nobody knows.",
            By("ada", "study.view", StudyOf(0), AtHomeWithoutRemoteAccess), No("unknown-network-no-patient-data")),
        Ask("A technologist deletes it, with a fresh second factor.",
            By("tom", "study.delete", StudyOf(0), signedIn: now), No(null)),
        Ask("A radiologist corrects a study that is finalized.",
            By("ada", "study.modify", StudyOf(1)), No("finalized-study-unchangeable")),
        Ask("A radiologist opens the study of his daughter.",
            By("nils", "study.view", StudyOf(4)), No("family-no-access")),
        Ask("A referring physician opens a study of a patient referred to her.",
            By("rosa", "study.view", StudyOf(3)), Yes("referring-physician-referred-patients")),
        Ask("The same physician opens a study of another patient: she may ask for it.",
            By("rosa", "study.view", StudyOf(0)), No(null) with { Role = Roles.SecondOpinion }),
        Ask("A teleradiologist reports outside working hours, signed in with a password.",
            By("yuki", "study.annotate", StudyOf(7), "10.30.0.15"), No("outside-hours-write-step-up")),
        Ask("She signs in again with her second factor and reports.",
            By("yuki", "study.annotate", StudyOf(7), "10.30.0.15", now), Yes("role:teleradiologist")),
        Ask("A CT scanner stores a study.",
            By("ct-north-1", "study.store", new Reference("Archive", "orthanc"), "10.12.0.9", type: "Service"), Yes("modality-store")),
        Ask("A system administrator manages users.",
            By("sven", "user.manage", new Reference("System", "accessgov"), signedIn: now), No("administration-by-sub-roles-only")),
        new("A radiologist's list is filtered row by row: an ordinary study, a restricted one, a colleague's, one that nobody knows.",
            [.. new[] { StudyOf(0), StudyOf(2), StudyOf(6), new Reference("Study", "2.25.404") }
                .Select(study => By("ada", "study.search", study))],
            [
                Yes("radiologist-read"), No("restricted-needs-care-team-or-second-factor"),
                No("colleague-needs-care-team-or-explicit-grant"), No(null),
            ]),
    ];

    private static Question Ask(string text, Evaluation evaluation, Expected answer) => new(text, [evaluation], [answer]);

    private static Expected Yes(string policy) => new(Permitted: true, policy);

    private static Expected No(string? policy) => new(Permitted: false, policy);

    private static Reference StudyOf(int index) => new("Study", Study.UidOf(index));

    private static Evaluation By(
        string who, string action, Reference resource, string address = InRadiology, DateTimeOffset? signedIn = null, string type = "User")
    {
        CastMember? member = Cast.People.FirstOrDefault(member => member.Id == who);
        var context = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sourceIp"] = address, ["assuranceLevel"] = signedIn is null ? 1 : 2,
        };
        if (signedIn is { } instant)
        {
            context["authenticatedAt"] = instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        }

        Dictionary<string, string>? properties = member is null ? null : new(StringComparer.Ordinal) { ["department"] = member.Department };
        return new Evaluation(new Reference(type, who, properties), new ActionName(action), resource, context);
    }
}
