using AccessGov.PolicyDecision.Users;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>
/// IdentityFederation says that a client's former secret is good no more: no token that was given for it to the client itself is taken any
/// more.
/// </summary>
internal static class WhenClientSecretReplaced
{
    public static Task Handle(
        V1.ClientSecretReplaced message, NpgsqlTransaction transaction, IOptions<AuthenticationSettings> settings,
        CancellationToken cancellation) =>
        DisabledClients.AddReplacedAsync(message.ClientId, message.At, settings.Value.LongestLifetime, transaction, cancellation);
}
