using AccessGov.EventSourcing;

namespace AccessGov.PolicyDecision.Roles;

internal abstract record RoleEvent;

/// <summary>A role is now this: defined for the first time or anew.</summary>
/// <param name="Description">What the role is for.</param>
/// <param name="Permissions">Actions of a custom role; empty for a role whose rights stand in the policy set.</param>
/// <param name="ReadOnly">Grants of the role only ever read.</param>
/// <param name="GrantDaysMax">The longest a grant of the role may run; null means it may run without end.</param>
/// <param name="RequestHoursMax">The longest a grant may run that somebody asked for after a denial; null means the role cannot be asked for.</param>
/// <param name="RequestApprover">The role of those who decide such requests; present along with the hours.</param>
/// <param name="EmergencyHoursMax">The longest a grant may run that somebody took in an emergency (break-glass); null means the role is not taken so.</param>
/// <param name="EmergencyInvokers">The roles whose holders may take it, wherever they hold them; present along with the hours.</param>
[EventName("role_defined")]
internal sealed record RoleDefined(
    string Description, IReadOnlyList<string> Permissions, bool ReadOnly, int? GrantDaysMax, int? RequestHoursMax = null, string? RequestApprover = null,
    int? EmergencyHoursMax = null, IReadOnlyList<string>? EmergencyInvokers = null) : RoleEvent;

/// <summary>Nobody is given the role any more, and grants of it have no effect from now on.</summary>
[EventName("role_retired")]
internal sealed record RoleRetired : RoleEvent;

/// <summary>What a role is.</summary>
internal abstract record Role
{
    private Role() { }

    public static StreamKind<Role, RoleEvent> Streams { get; } = new("role", new NotDefined(), Evolve);

    public static Role Evolve(Role state, RoleEvent @event) => (state, @event) switch
    {
        (NotDefined or Defined, RoleDefined e) => new Defined(e),
        (Defined, RoleRetired) => new Retired(),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the role is corrupt."),
    };

    public sealed record NotDefined : Role;

    public sealed record Defined(RoleDefined Definition) : Role;

    public sealed record Retired : Role;
}
