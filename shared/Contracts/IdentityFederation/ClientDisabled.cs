namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>
/// A client gets no tokens any more, and those that were given until this moment are worth nothing, also when it is enabled again.
/// </summary>
/// <param name="ClientId">Which one: the <c>client_id</c> of its tokens.</param>
/// <param name="Reason">Why.</param>
/// <param name="DisabledBy">Who did it: a person or a service.</param>
/// <param name="At">Until when what was given is worth nothing, UTC.</param>
public sealed record ClientDisabled(string ClientId, string Reason, string? DisabledBy, DateTimeOffset At)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.client-disabled.v1";
}
