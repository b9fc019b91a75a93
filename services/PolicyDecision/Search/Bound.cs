using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Search;

/// <summary>
/// What a permit asks of the resource before it can be satisfied, as far as it can be looked up: every resource that the permit permits lies within the bound.
/// What is not understood is <see cref="Anything"/>, so a bound is never too narrow.
/// </summary>
internal abstract record Bound
{
    private Bound() { }

    /// <summary>The resources within the bound, for one subject at one instant; null means any.</summary>
    public Cover? CoverOf(SubjectKey key, FactsSnapshot snapshot, DateTimeOffset now)
    {
        switch (this)
        {
            case Anything:
                return null;
            case Both both:
                // One side is enough; the other is asked only when the first says nothing.
                return both.Left.CoverOf(key, snapshot, now) ?? both.Right.CoverOf(key, snapshot, now);
            case Either either:
                return either.Left.CoverOf(key, snapshot, now) is { } left && either.Right.CoverOf(key, snapshot, now) is { } right ? left.With(right) : null;
            case Holder holder:
                return Cover.OfGrants(SubjectOf(key, snapshot).Grants.Where(grant => grant.IsActive(now) && grant.Role == holder.Role && !(holder.Fully && grant.ReadOnly)), snapshot);
            case CareTeam:
                return Cover.OfPatients(snapshot.Patients.Where(patient => patient.Value.CareTeam.Any(user => user.UserId == key.Id && user.IsActive(now))).Select(patient => patient.Key));
            case Referral:
                return Cover.OfPatients(snapshot.Patients.Where(patient => patient.Value.Referrals.Any(user => user.UserId == key.Id && user.IsActive(now))).Select(patient => patient.Key));
            case Referrer:
                return Cover.Referred;
            case Family:
                return Cover.OfPatients(SubjectOf(key, snapshot).Family.Select(relation => relation.PatientId));
            case Self:
                return Cover.OfPatients(SubjectOf(key, snapshot).SelfPatientId is { } self ? [self] : []);
            default:
                throw new InvalidOperationException($"There is no bound {GetType().Name}.");
        }
    }

    private static SubjectFacts SubjectOf(SubjectKey key, FactsSnapshot snapshot) => snapshot.Subjects.GetValueOrDefault(key, SubjectFacts.None);

    public sealed record Anything : Bound;

    public sealed record Both(Bound Left, Bound Right) : Bound;

    public sealed record Either(Bound Left, Bound Right) : Bound;

    /// <summary>The subject holds a role there: a member of Role::"r" fully, of Reader::"r" also by a read-only grant.</summary>
    public sealed record Holder(string Role, bool Fully) : Bound;

    public sealed record CareTeam : Bound;

    public sealed record Referral : Bound;

    /// <summary>The subject is the study's referring physician.</summary>
    public sealed record Referrer : Bound;

    public sealed record Family : Bound;

    public sealed record Self : Bound;
}

/// <summary>Resources named by what they belong to: a study of one of these patients or departments, or one that the subject referred.</summary>
internal sealed record Cover(IReadOnlySet<string> Patients, IReadOnlySet<string> Departments, bool ReferredBySubject)
{
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    public static Cover Nothing { get; } = new(None, None, ReferredBySubject: false);

    public static Cover Referred { get; } = new(None, None, ReferredBySubject: true);

    public static Cover OfPatients(IEnumerable<string> patients) => Nothing with { Patients = patients.ToHashSet(StringComparer.Ordinal) };

    /// <summary>Where grants hold; null means everywhere.</summary>
    public static Cover? OfGrants(IEnumerable<GrantFact> grants, FactsSnapshot snapshot)
    {
        var patients = new HashSet<string>(StringComparer.Ordinal);
        var departments = new HashSet<string>(StringComparer.Ordinal);
        foreach (GrantFact grant in grants)
        {
            switch (grant.Scope)
            {
                case { Kind: GrantScopeKind.Patient, Id: { } patient }:
                    patients.Add(patient);
                    break;
                case { Kind: GrantScopeKind.Department, Id: { } department }:
                    departments.Add(department);
                    break;
                case { Kind: GrantScopeKind.Site, Id: { } site }:
                    departments.UnionWith(snapshot.Sites.Sites.GetValueOrDefault(site)?.Departments ?? []);
                    break;
                default:
                    return null;
            }
        }

        return new Cover(patients, departments, ReferredBySubject: false);
    }

    public Cover With(Cover other) => new(
        Patients.Union(other.Patients, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal),
        Departments.Union(other.Departments, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal), ReferredBySubject || other.ReferredBySubject);
}
