using AccessGov.Audit.Trail;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Verification;

/// <summary>When the trail was last verified, through which leaf it is good, and what is wrong first.</summary>
internal sealed class VerificationHealth(TrailDatabase database, IOptions<VerificationOptions> options, TimeProvider clock) : IHealthCheck
{
    private const string Latest = "latest";
    private const string Whole = "whole";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellationToken);
        DateTimeOffset now = clock.GetUtcNow();
        if ((await VerificationState.ReadAsync(connection, cancellationToken))?.AsOf(now) is not { } state)
        {
            return HealthCheckResult.Healthy();
        }

        // It is good through the last leaf that was verified, of which there is none at first.
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["verifiedLeaves"] = state.Through };
        Add("last", state.VerifiedAt);
        Add("whole", state.WholeAt);
        Add("throughLeaf", state.Through > 0 ? state.Through - 1 : null);
        Add("found", state.Code);
        Add("firstBad", state.Leaf);
        string? overdue = Overdue(state, now);
        Add("overdue", overdue);
        return (state.Code, overdue) switch
        {
            (not null, _) => HealthCheckResult.Degraded(
                "The trail is not what was signed: accessgov audit verify says more. Change nothing, and tell security.", data: data),
            (_, Whole) => HealthCheckResult.Degraded(
                "The whole trail has not been verified for longer than it should be; the log says why.", data: data),
            (_, not null) => HealthCheckResult.Degraded(
                "The trail has not been verified for longer than it should be; the log says why.", data: data),
            _ => HealthCheckResult.Healthy(data: data),
        };

        void Add(string name, object? value)
        {
            if (value is not null)
            {
                data[name] = value;
            }
        }
    }

    /// <summary>Which verification was missed by more than a turn; null when none was.</summary>
    private string? Overdue(VerificationState state, DateTimeOffset now) =>
        now > options.Value.NextAfter(state.VerifiedAt ?? state.Since) + options.Value.VerifyEvery ? Latest
        : now > (state.WholeAt ?? state.Since) + options.Value.VerifyWholeEvery + options.Value.VerifyEvery ? Whole
        : null;
}
