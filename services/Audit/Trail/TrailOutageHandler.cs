using AccessGov.CommandEndpoints;
using AccessGov.EventSourcing;

namespace AccessGov.Audit.Trail;

/// <summary>Beside a database that is away: files of the trail that cannot be read, or are not what was signed.</summary>
internal sealed class TrailOutageHandler(RefusalTable refusals, ILogger<StoreOutageHandler> log) : StoreOutageHandler(refusals, log)
{
    protected override Refusal? RefusalOf(Exception failure) => failure is TrailDamagedException or TrailUnreadableException
        ? new Refusal("trail_unavailable",
            "The trail's files cannot be read now, or are not what was signed: /health/ready and the log say more.")
        : base.RefusalOf(failure);
}
