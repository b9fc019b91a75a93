namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>A client that was disabled gets tokens again; those from before stay worth nothing.</summary>
/// <param name="ClientId">Which one.</param>
/// <param name="EnabledBy">Who did it: a person or a service.</param>
/// <param name="At">When, UTC.</param>
public sealed record ClientEnabled(string ClientId, string? EnabledBy, DateTimeOffset At)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.client-enabled.v1";
}
