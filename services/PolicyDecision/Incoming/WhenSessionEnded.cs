using AccessGov.PolicyDecision.Users;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>IdentityFederation says that a session is over: no token that was given in it is taken any more.</summary>
internal static class WhenSessionEnded
{
    public static Task Handle(
        V1.SessionEnded message, NpgsqlTransaction transaction, IOptions<AuthenticationSettings> settings, CancellationToken cancellation) =>
        EndedSessions.AddAsync(message.SessionId, settings.Value.LongestLifetime, transaction, cancellation);
}
