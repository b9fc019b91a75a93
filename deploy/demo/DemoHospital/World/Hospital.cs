namespace AccessGov.DemoHospital.World;

internal sealed record Person(string Id, string Department, string Site, string Role);

/// <summary>The demo hospital: 5,000 people with 100,000 grants, 5,000 studies, relations, sites, roles and policies. The same in every run.</summary>
internal static class Hospital
{
    public const int PeopleCount = 5_000;
    public const int GrantsCount = 100_000;
    public const int StudiesCount = 5_000;
    private const int GrantsOfEach = GrantsCount / PeopleCount;
    private const int PatientsCount = 2_500;

    // Patients below this number belong to the cast: what is asked about them does not depend on thrown numbers.
    private const int FirstOrdinaryPatient = 20;

    /// <summary>Roles by how many of a hundred people have them.</summary>
    private static readonly (int Below, string Role)[] Shares =
    [
        (10, "radiologist"), (28, "radiology-technologist"), (54, Roles.WardPhysician), (74, "referring-physician"), (80, "emergency-physician"),
        (86, "billing-staff"), (89, "it-support"), (91, "compliance-auditor"), (94, "radiology-secretary"), (96, Roles.ClinicalResearcher),
        (98, Roles.MedicalPhysicist), (100, Roles.Teleradiologist),
    ];

    public static IReadOnlyList<Person> People { get; } = [.. Enumerable.Range(Cast.People.Count + 1, PeopleCount - Cast.People.Count).Select(Somebody)];

    public static string PatientOf(int number) => $"P{100_000 + number}";

    /// <summary>All grants in the order in which they are loaded: the cast first.</summary>
    public static IEnumerable<Grant> Grants()
    {
        IEnumerable<Grant> ofCast = Cast.People.SelectMany((member, index) =>
            member.Grants.Concat(Enumerable.Range(0, GrantsOfEach - member.Grants.Length).Select(k => Former(member.Id, member.Grants[0].Role, index, k))));
        IEnumerable<Grant> ofPeople = People.SelectMany((person, index) => Enumerable.Range(0, GrantsOfEach).Select(k => Of(person, index, k)));
        return Cast.Machines.Concat(ofCast).Concat(ofPeople).Take(GrantsCount);
    }

    public static IEnumerable<Relation> Relations()
    {
        IEnumerable<int> patients = Enumerable.Range(FirstOrdinaryPatient, PatientsCount - FirstOrdinaryPatient);
        return Cast.Relations
            .Concat(patients.Select(number => new Relation("care-team", Anybody(number, 40), PatientOf(number))))
            .Concat(patients.Take(1_500).Select(number => new Relation("referral", Anybody(number, 41), PatientOf(number))
            {
                Until = Dice.Roll(3, number, 42) == 0 ? Grant.Opening.AddDays(90) : Grant.FarFuture,
            }))
            .Concat(patients.Skip(900).Take(700).Select(number => new Relation("family", Anybody(number, 43), PatientOf(number))))
            .Concat(patients.TakeLast(200).Select((number, index) => new Relation("self", People[index * 7].Id, PatientOf(number))));
    }

    public static IEnumerable<Study> Studies() => Cast.Studies.Concat(Enumerable.Range(Cast.Studies.Count, StudiesCount - Cast.Studies.Count).Select(AnyStudy));

    private static Person Somebody(int number)
    {
        (Site site, Department department) = Sites.Departments[Dice.Roll(Sites.Departments.Count, number, 1)];
        int share = Dice.Roll(100, number, 2);
        return new Person($"u{number:D5}", department.Id, site.Id, Shares.First(item => share < item.Below).Role);
    }

    private static string Anybody(int index, int purpose) => People[Dice.Roll(People.Count, index, purpose)].Id;

    private static Study AnyStudy(int index)
    {
        Department department = Sites.Departments[Dice.Roll(Sites.Departments.Count, index, 60)].Department;
        int patient = FirstOrdinaryPatient + Dice.Roll(PatientsCount - FirstOrdinaryPatient, index, 61);
        return Study.Of(index, PatientOf(patient), department.Id, department.Modalities[Dice.Roll(department.Modalities.Length, index, 62)]) with
        {
            Labels = Dice.Roll(100, index, 63) switch { < 3 => ["restricted"], 3 => ["vip"], _ => [] },
            Finalized = Dice.Roll(10, index, 64) < 7,
            ReferringPhysician = Dice.Roll(10, index, 65) < 6 ? Anybody(index, 66) : null,
        };
    }

    /// <summary>One of the twenty grants of a person: the job, some cover for others, patients in particular, rotations, and what has ended.</summary>
    private static Grant Of(Person person, int index, int k)
    {
        int seed = (index * GrantsOfEach) + k;
        Department other = Sites.Departments[Dice.Roll(Sites.Departments.Count, seed, 10)].Department;
        DateTimeOffset from = Grant.Opening.AddDays(Dice.Roll(1_000, seed, 11));
        return k switch
        {
            0 => Grant.AtDepartment(person.Id, person.Role, person.Department, "The job.") with { From = from },
            1 => Grant.AtSite(person.Id, person.Role, person.Site, "Looks something up for colleagues.") with { From = from, ReadOnly = true },
            2 => Grant.AtDepartment(person.Id, person.Role, other.Id, "Covers for a colleague.") with { From = from, Until = Grant.FarFuture },
            < 8 => Former(person.Id, person.Role, index, k),
            < 16 => Grant.Everywhere(person.Id, person.Role, "Second opinion.") with
            {
                Scope = new GrantScope("patient", PatientOf(FirstOrdinaryPatient + Dice.Roll(PatientsCount - FirstOrdinaryPatient, seed, 12))),
                From = from,
                Until = Dice.Roll(2, seed, 13) == 0 ? from.AddDays(60) : Grant.FarFuture,
                ReadOnly = k % 2 == 0,
            },
            _ => Grant.AtDepartment(person.Id, person.Role, other.Id, "Rotation.") with
            {
                From = Grant.Opening.AddDays(1_600 + (120 * (k - 16))),
                Until = Grant.Opening.AddDays(1_600 + (120 * (k - 15))),
            },
        };
    }

    private static Grant Former(string person, string role, int index, int k)
    {
        int seed = (index * GrantsOfEach) + k;
        DateTimeOffset from = Grant.Opening.AddDays(Dice.Roll(600, seed, 20));
        return Grant.AtDepartment(person, role, Sites.Departments[Dice.Roll(Sites.Departments.Count, seed, 21)].Department.Id, "A former rotation.") with
        {
            From = from,
            Until = from.AddDays(90),
        };
    }
}
