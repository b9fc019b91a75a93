namespace AccessGov.Contracts.IdentityFederation.V1;

/// <summary>A session of a person is over: no token that was given in it is worth anything from now on.</summary>
/// <param name="SessionId">Which one: the <c>sid</c> of its tokens.</param>
/// <param name="UserId">Whose it was.</param>
/// <param name="Cause">Why: signed_out, ended_by_owner, ended_by_security, idle, expired, person_ended, provider_signed_out or token_reused.</param>
/// <param name="EndedBy">Who ended it: a person or a service.</param>
/// <param name="At">When, UTC.</param>
public sealed record SessionEnded(string SessionId, string UserId, string Cause, string? EndedBy, DateTimeOffset At)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.identity-federation.session-ended.v1";
}
