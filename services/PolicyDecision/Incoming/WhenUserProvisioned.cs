using AccessGov.PolicyDecision.GeographyAlerts;
using Npgsql;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>IdentityFederation says that somebody works here from now on, and where they come from: there they are at home.</summary>
internal static class WhenUserProvisioned
{
    public static Task Handle(V1.UserProvisioned message, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        HomeOrganisations.AddAsync(message.UserId, message.OrganisationId, transaction, cancellation);
}
