namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>
/// A client has a new secret and the former one is good no more: tokens that the client was given for itself until this moment are worth
/// nothing, as somebody else may have them. Those that it was given for people stay.
/// </summary>
/// <param name="ClientId">Which one: the <c>client_id</c> of its tokens.</param>
/// <param name="ReplacedBy">Who did it: a person or a service.</param>
/// <param name="At">Until when what was given is worth nothing, UTC.</param>
public sealed record ClientSecretReplaced(string ClientId, string? ReplacedBy, DateTimeOffset At)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.client-secret-replaced.v1";
}
