using System.Collections.Immutable;
using System.Net;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Studies;

namespace AccessGov.PolicyDecision.Tests.Search;

/// <summary>
/// A small hospital that a seed makes: sites, departments, people with grants of every scope and length, relations of every kind, and studies, some of them
/// without a department, of an unknown one, or claimed by two patients.
/// </summary>
internal sealed class RandomHospital
{
    public static readonly string[] Roles = ["radiologist", "referring-physician", "billing-staff", "radiology-technologist", "modality", "user-administrator"];
    public static readonly string[] Patients = ["P1", "P2", "P3", "P4", "P5", "P6"];
    public static readonly string[] Departments = ["north-radiology", "north-surgery", "south-radiology"];
    private static readonly string[] People = ["ada", "bo", "cy", "di", "eve", "flo", "gus"];
    private static readonly string[] Machines = ["ct-1", "feeder"];
    private static readonly string[] Labels = ["restricted", "vip", "teaching"];

    private readonly Random random;
    private readonly Dictionary<string, List<TimedUser>> careTeams = Lists<TimedUser>();
    private readonly Dictionary<string, List<TimedUser>> referrals = Lists<TimedUser>();
    private readonly Dictionary<SubjectKey, List<GrantFact>> grants = [];
    private readonly Dictionary<SubjectKey, List<TimedPatient>> families = [];
    private readonly Dictionary<SubjectKey, string> selves = [];
    private int ids;

    public RandomHospital(Random random, DateTimeOffset now)
    {
        this.random = random;
        Now = now;
        MakeGrants();
        MakeRelations();
        Studies = [.. Enumerable.Range(1, random.Next(1, 15)).Select(Study)];
    }

    public DateTimeOffset Now { get; }

    public IReadOnlyList<SelectedStudy> Studies { get; }

    /// <summary>Everybody who has a grant or a relation, by type.</summary>
    public IEnumerable<SubjectKey> Subjects => grants.Keys.Concat(families.Keys).Concat(selves.Keys)
        .Concat(careTeams.Values.Concat(referrals.Values).SelectMany(users => users).Select(user => new SubjectKey("User", user.UserId))).Distinct();

    /// <summary>Everybody that there could be, also who has nothing.</summary>
    public static IEnumerable<SubjectKey> Everybody =>
        People.Append("stranger").Select(person => new SubjectKey("User", person)).Concat(Machines.Select(machine => new SubjectKey("Service", machine)));

    /// <summary>All patients that facts or studies name.</summary>
    public IEnumerable<string> KnownPatients => careTeams.Keys.Concat(referrals.Keys).Concat(selves.Values).Concat(families.Values.SelectMany(list => list).Select(relation => relation.PatientId))
        .Concat(grants.Values.SelectMany(list => list).Where(grant => grant.Scope.Kind == GrantScopeKind.Patient).Select(grant => grant.Scope.Id!))
        .Concat(Studies.SelectMany(study => PatientsOf(study.StudyInstanceUid))).Distinct(StringComparer.Ordinal);

    /// <summary>The patients that claim a study: one, or two.</summary>
    public Dictionary<string, string[]> Claims { get; } = new(StringComparer.Ordinal);

    public FactsSnapshot Facts(PublishedPolicies policies)
    {
        SiteFacts north = Site("north", ["north-radiology", "north-surgery"], "north-pacs", "10.1.0.0/16"), south = Site("south", ["south-radiology"], "south-pacs", "10.2.0.0/16");
        var patients = FactsSnapshot.Empty.Patients.ToBuilder();
        foreach (string patient in careTeams.Keys.Concat(referrals.Keys).Concat(selves.Values).Distinct(StringComparer.Ordinal))
        {
            patients[patient] = new PatientFacts([.. careTeams.GetValueOrDefault(patient, [])], [.. referrals.GetValueOrDefault(patient, [])], selves.ContainsValue(patient));
        }

        var subjects = FactsSnapshot.Empty.Subjects.ToBuilder();
        foreach (SubjectKey key in grants.Keys.Concat(families.Keys).Concat(selves.Keys).Distinct())
        {
            subjects[key] = new SubjectFacts([.. grants.GetValueOrDefault(key, [])], [.. families.GetValueOrDefault(key, [])], selves.GetValueOrDefault(key));
        }

        return FactsSnapshot.Empty with
        {
            Position = 7, Policies = policies, Patients = patients.ToImmutable(), Subjects = subjects.ToImmutable(),
            Sites = new SiteDirectory(
                ImmutableDictionary<string, SiteFacts>.Empty.Add("north", north).Add("south", south),
                ImmutableDictionary<string, SiteFacts>.Empty.Add("north-radiology", north).Add("north-surgery", north).Add("south-radiology", south),
                ImmutableDictionary<string, SiteFacts>.Empty.Add("north-pacs", north).Add("south-pacs", south)),
        };
    }

    public T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    public string[] PatientsOf(string study) => Claims[study];

    private static Dictionary<string, List<T>> Lists<T>() => new(StringComparer.Ordinal);

    private static SiteFacts Site(string id, ImmutableArray<string> departments, string archive, string network) => new(
        id, id, TimeZoneInfo.Utc, [new WorkingHours([1, 2, 3, 4, 5], new TimeOnly(7, 0), new TimeOnly(19, 0))], [new NamedNetwork($"{id}-wards", IPNetwork.Parse(network))], departments, [archive]);

    private void MakeGrants()
    {
        for (int i = random.Next(2, 16); i > 0; i--)
        {
            SubjectKey subject = random.Next(5) == 0 ? new SubjectKey("Service", Pick(Machines)) : new SubjectKey("User", Pick(People));
            GrantScope scope = random.Next(5) switch
            {
                0 => new GrantScope(GrantScopeKind.Everywhere, null),
                1 => new GrantScope(GrantScopeKind.Site, Pick(["north", "south", "nowhere"])),
                2 => new GrantScope(GrantScopeKind.Patient, Pick(Patients)),
                _ => new GrantScope(GrantScopeKind.Department, Pick(Departments)),
            };
            (DateTimeOffset from, DateTimeOffset? until) = Time();
            Add(grants, subject, new GrantFact($"g{ids++}", Pick(Roles), scope, from, until, random.Next(3) == 0));
        }
    }

    private void MakeRelations()
    {
        for (int i = random.Next(0, 14); i > 0; i--)
        {
            string person = Pick(People), patient = Pick(Patients);
            (DateTimeOffset from, DateTimeOffset? until) = Time();
            switch (random.Next(4))
            {
                case 0:
                    Add(families, new SubjectKey("User", person), new TimedPatient($"r{ids++}", patient, from, until));
                    break;
                case 1:
                    selves[new SubjectKey("User", person)] = patient;
                    break;
                default:
                    Add(random.Next(2) == 0 ? careTeams : referrals, patient, new TimedUser($"r{ids++}", person, from, until));
                    break;
            }
        }
    }

    private static void Add<TKey, TItem>(Dictionary<TKey, List<TItem>> lists, TKey key, TItem item)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out List<TItem>? list))
        {
            lists.Add(key, list = []);
        }

        list.Add(item);
    }

    // Over, to come, or active: until exactly now is over, from exactly now is active.
    private (DateTimeOffset From, DateTimeOffset? Until) Time() => random.Next(6) switch
    {
        0 => (Now.AddDays(-9), Now),
        1 => (Now.AddTicks(1), null),
        2 => (Now, Now.AddTicks(1)),
        _ => (Now.AddDays(-9), random.Next(2) == 0 ? null : Now.AddDays(1)),
    };

    private SelectedStudy Study(int number)
    {
        string uid = $"1.2.{number}", patient = Pick(Patients);
        Claims[uid] = random.Next(8) == 0 ? [patient, Pick(Patients)] : [patient];
        string? department = random.Next(6) switch { 0 => null, 1 => "closed-department", _ => Pick(Departments) };
        return Claims[uid].Distinct(StringComparer.Ordinal).Count() > 1 ? new SelectedStudy(uid, null) : new SelectedStudy(uid, new StudyFacts(
            uid, patient, null, department, [Pick(["CT", "MR", "RTPLAN"])], random.Next(3) == 0 ? Pick([.. People, "zoe"]) : null,
            random.Next(2) == 0 ? DateOnly.FromDateTime(Now.UtcDateTime).AddDays(-random.Next(400)) : null, random.Next(2) == 0 ? [Pick(Labels)] : [], random.Next(2) == 0, null));
    }
}
