using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.DutySeparations;

internal abstract record DutySeparationEvent;

/// <summary>A rule of separated duties is now this: defined for the first time or anew.</summary>
/// <param name="Description">What the rule is for.</param>
/// <param name="Roles">The roles that do not go together.</param>
/// <param name="AtMost">How many of them one subject may hold at the same time.</param>
/// <param name="ScopeKind">Where the rule holds; null for everywhere.</param>
/// <param name="ScopeId">The site, department or patient.</param>
[EventName("duty_separation_defined")]
internal sealed record DutySeparationDefined(
    string Description, IReadOnlyList<string> Roles, int AtMost, GrantScopeKind? ScopeKind = null, string? ScopeId = null) : DutySeparationEvent;

/// <summary>The rule holds no more.</summary>
[EventName("duty_separation_removed")]
internal sealed record DutySeparationRemoved : DutySeparationEvent;

/// <summary>Which roles nobody may hold together, for example to order and to approve.</summary>
internal abstract record DutySeparation
{
    private DutySeparation() { }

    public static StreamKind<DutySeparation, DutySeparationEvent> Streams { get; } = new("duty-separation", new NotDefined(), Evolve);

    public static DutySeparation Evolve(DutySeparation state, DutySeparationEvent @event) => (state, @event) switch
    {
        (_, DutySeparationDefined e) => new Defined(e),
        (Defined, DutySeparationRemoved) => new NotDefined(),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the duty separation is corrupt."),
    };

    public sealed record NotDefined : DutySeparation;

    public sealed record Defined(DutySeparationDefined Definition) : DutySeparation;
}
