using AccessGov.Messaging;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using Npgsql;
using V1 = AccessGov.Contracts.IdentityFederation.V1;

namespace AccessGov.PolicyDecision.Incoming;

/// <summary>
/// IdentityFederation says what somebody has by groups. What the rules of grants refuse (a role or site that nobody defined yet, separated
/// duties, a role whose grants must end) is listed for people by <c>GET /grants/refused</c> and tried again until it is given or the groups
/// say otherwise: a message that cannot be carried out in full would as a dead letter keep from the person what can be, and somebody who
/// defines the missing role should not have to know who waits for it.
/// </summary>
internal static class WhenUserRolesChanged
{
    public static Task<OutgoingMessage?> Handle(
        V1.UserRolesChanged message, GroupGrants grants, TimeProvider clock, ILoggerFactory loggers, NpgsqlTransaction transaction,
        MessageEnvelope envelope, CancellationToken cancellation) =>
        HoldAsync(message, 1, grants, clock, loggers, transaction, envelope, cancellation);

    public static Task<OutgoingMessage?> Handle(
        RolesRefused message, GroupGrants grants, TimeProvider clock, ILoggerFactory loggers, NpgsqlTransaction transaction,
        MessageEnvelope envelope, CancellationToken cancellation) =>
        HoldAsync(message.Told, message.Attempt, grants, clock, loggers, transaction, envelope, cancellation);

    private static async Task<OutgoingMessage?> HoldAsync(
        V1.UserRolesChanged told, int attempt, GroupGrants grants, TimeProvider clock, ILoggerFactory loggers,
        NpgsqlTransaction transaction, MessageEnvelope envelope, CancellationToken cancellation)
    {
        if (!await RefusedGrants.IsNewestAsync(told.UserId, told.ChangedAt, transaction, cancellation))
        {
            return null;
        }

        GroupGrants.Wanted[] wanted =
        [
            .. told.Roles.Select(role => new GroupGrants.Wanted(
                role.Role, Enum.Parse<GrantScopeKind>(role.ScopeKind, ignoreCase: true), role.ScopeId)).Distinct(),
        ];
        IReadOnlyList<RefusedGrants.Item> refused =
            await grants.HoldAsync(told.UserId, wanted, told.ChangedAt, Told.By(told.ChangedBy, envelope), transaction, cancellation);
        await RefusedGrants.ReplaceAsync(told.UserId, refused, transaction, cancellation);
        if (refused.Count == 0)
        {
            return null;
        }

        if (attempt == 1)
        {
            ILogger log = loggers.CreateLogger(typeof(WhenUserRolesChanged));
            log.LogWarning(
                "{Count} roles that groups give {UserId} are refused, the first with {Code}", refused.Count, told.UserId, refused[0].Code);
        }

        return new OutgoingMessage(new RolesRefused(told, attempt + 1))
        {
            NotBefore = clock.GetUtcNow() + RolesRefused.PauseAfter(attempt),
        };
    }
}

/// <summary>
/// What somebody's groups give was refused in part: it is tried again. The service tells itself, so that nothing is forgotten when it
/// stops.
/// </summary>
/// <param name="Told">What the groups give.</param>
/// <param name="Attempt">Which attempt comes next.</param>
internal sealed record RolesRefused(V1.UserRolesChanged Told, int Attempt)
{
    /// <summary>The name it travels by.</summary>
    public const string MessageName = "accessgov.policy-decision.roles-refused.v1";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>Five seconds, then twice as long each time, up to a quarter of an hour.</summary>
    public static TimeSpan PauseAfter(int attempts) => attempts > 8 ? Longest : TimeSpan.FromSeconds(5 * Math.Pow(2, attempts - 1));
}
