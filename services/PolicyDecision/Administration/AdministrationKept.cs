using System.Net;
using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Policies;
using Microsoft.Extensions.Options;

namespace AccessGov.PolicyDecision.Administration;

/// <summary>Refuses a policy set under which nobody could change policies any more: it could not be taken back either.</summary>
internal sealed class AdministrationKept(IFacts facts, IOptions<PolicyDecisionOptions> options, IHostEnvironment environment)
{
    private static readonly Refusal Lost = new(
        "administration_lost",
        $"With these policies nobody who holds a grant could change policies again, from no known network either: permit {AdministrativeActions.Configure} on {HospitalCase.SystemType}::\"{HospitalCase.SystemId}\" to a role that somebody holds.");

    private readonly bool decides = options.Value.DecidesAdministration(environment);
    private readonly RoleEntities roles = new();

    /// <summary>The rule's outcome, or the refusal where what it would put into force decides about administration and leaves nobody to do it.</summary>
    /// <param name="outcome">What the rule decided.</param>
    /// <param name="name">The policy set's name.</param>
    /// <param name="now">The instant that it is judged for.</param>
    public Outcome<PolicySetEvent> Check(Outcome<PolicySetEvent> outcome, string name, DateTimeOffset now)
    {
        if (!decides || name != options.Value.PolicySet || outcome is not Outcome<PolicySetEvent>.Accepted { Events: [var inForce] })
        {
            return outcome;
        }

        FactsSnapshot known = facts.Current;
        (int version, string hash, IReadOnlyList<PolicyFile> files) = inForce switch
        {
            PolicySetPublished e => (e.Version, e.Hash, e.Files),
            PolicySetRolledBack e => (e.Version, e.Hash, e.Files),
            _ => throw new InvalidOperationException($"{inForce.GetType().Name} is not a known event of a policy set."),
        };
        FactsSnapshot next = known with { Policies = PolicyCompiler.Compile(name, version, hash, PolicyCompiler.Parse(files), known.Roles.Values) };
        return Places(next).Any(place => next.Subjects.Any(subject => MayConfigure(subject, place, next, now))) ? outcome : Lost;
    }

    /// <summary>From where somebody may ask: nobody knows, or a network that has a name. Where people are tomorrow is not known, so one place is enough.</summary>
    private static IEnumerable<IPAddress?> Places(FactsSnapshot facts) => [
        null, .. facts.Sites.Networks.Select(network => network.Named).Concat(facts.NetworkLists.SelectMany(list => list.Networks)).Select(network => network.Network.BaseAddress).Distinct()];

    // Whoever signs in as strongly as one can, just now.
    private bool MayConfigure(KeyValuePair<SubjectKey, SubjectFacts> subject, IPAddress? place, FactsSnapshot next, DateTimeOffset now) => new HospitalCase(
        new EvaluationQuestion(
            subject.Key.Type, subject.Key.Id, AdministrativeActions.Configure, HospitalCase.SystemType, HospitalCase.SystemId, "", place, "administration", null,
            Context: new EnforcementPointContext(AssuranceLevel: 3, AuthenticatedAt: now)),
        next, null, now, roles).Judge().Permitted;
}
