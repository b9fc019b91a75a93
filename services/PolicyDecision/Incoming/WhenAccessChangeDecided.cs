using AccessGov.PolicyDecision.Creep;
using Npgsql;
using V1 = AccessGov.Contracts.Recertification.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>A reviewer left less of what a person has, or left it for some time: what they gather is counted from then on.</summary>
internal static class WhenAccessChangeDecided
{
    public static Task Handle(V1.AccessChangeDecided message, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        LastCertifications.AddAsync(message.UserId, message.DecidedAt, transaction, cancellation);
}
