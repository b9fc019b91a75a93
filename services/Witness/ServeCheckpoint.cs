using AccessGov.ServiceDefaults;

namespace AccessGov.Witness;

/// <summary>What was cosigned last, for monitors (c2sp.org/tlog-witness, monitor retrieval).</summary>
internal static class ServeCheckpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/{hash}/checkpoint", Handle);

    private static IResult Handle(string hash, KnownLogs logs, CosignedCheckpoints cosigned) =>
        logs.All.FirstOrDefault(log => CosignedCheckpoints.HashOf(log.Origin) == hash) is { } known && cosigned.Last(known) is { } last
            ? Results.Text(last.Note.ToString())
            : Problems.Refused(
                AddCheckpoint.Service, "checkpoint_unknown", "This witness has cosigned nothing of such a log.",
                    StatusCodes.Status404NotFound);
}
