using AccessGov.PolicyDecision.Creep;
using Npgsql;
using V1 = AccessGov.Contracts.Recertification.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>A reviewer left what a person has: what they gather is counted from then on.</summary>
internal static class WhenAccessCertified
{
    public static Task Handle(V1.AccessCertified message, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        LastCertifications.AddAsync(message.UserId, message.DecidedAt, transaction, cancellation);
}
