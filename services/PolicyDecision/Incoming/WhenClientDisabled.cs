using AccessGov.PolicyDecision.Users;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>
/// IdentityFederation says that a client is disabled: no token that it was given until then is taken any more, also when it is enabled again.
/// </summary>
internal static class WhenClientDisabled
{
    public static Task Handle(
        V1.ClientDisabled message, NpgsqlTransaction transaction, IOptions<AuthenticationSettings> settings,
        CancellationToken cancellation) =>
        DisabledClients.AddAsync(message.ClientId, message.At, settings.Value.LongestLifetime, transaction, cancellation);
}
