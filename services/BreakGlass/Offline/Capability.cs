using AccessGov.EventSourcing;

namespace AccessGov.BreakGlass.Offline;

internal abstract record CapabilityEvent;

/// <summary>Somebody was promised emergency access for the time in which AccessGov cannot be asked.</summary>
/// <param name="Edge">The edge that takes it.</param>
/// <param name="HolderKind">person or station.</param>
/// <param name="Holder">The person's id, or the station's name.</param>
/// <param name="Role">The role that each use gives for one patient.</param>
/// <param name="InvokerRole">The role that lets them take the other.</param>
/// <param name="Duration">How long each use lasts.</param>
/// <param name="UsesMax">How often it may be used.</param>
/// <param name="Key">The thumbprint (RFC 7638) of the key that it is bound to.</param>
/// <param name="At">When.</param>
/// <param name="Expires">Until when it may be used (exclusive).</param>
[EventName("emergency_capability_issued")]
internal sealed record EmergencyCapabilityIssued(
    string Edge, string HolderKind, string Holder, string Role, string InvokerRole, TimeSpan Duration, int UsesMax, string Key, DateTimeOffset At,
    DateTimeOffset Expires) : CapabilityEvent;

/// <summary>The promise was taken back. Edges hear of it while they can ask.</summary>
/// <param name="Cause">security, deprovisioned or suspended.</param>
/// <param name="Reason">Why, where somebody said so; null otherwise.</param>
/// <param name="At">When.</param>
[EventName("emergency_capability_revoked")]
internal sealed record EmergencyCapabilityRevoked(string Cause, string? Reason, DateTimeOffset At) : CapabilityEvent;

/// <summary>A promise: made once, and taken back at most once.</summary>
internal abstract record Capability
{
    private Capability() { }

    public static StreamKind<Capability, CapabilityEvent> Streams { get; } = new("emergency-capability", new NotIssued(), Evolve);

    public static Capability Evolve(Capability state, CapabilityEvent @event) => (state, @event) switch
    {
        (NotIssued, EmergencyCapabilityIssued e) => new Issued(e.Expires),
        (Issued, EmergencyCapabilityRevoked) => new Revoked(),
        _ => throw new InvalidOperationException(
            $"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the capability is corrupt."),
    };

    public sealed record NotIssued : Capability;

    public sealed record Issued(DateTimeOffset Expires) : Capability;

    public sealed record Revoked : Capability;
}
