using System.Globalization;

namespace AccessGov.Audit.Trail;

/// <summary>What is answered to whoever asks for an entry that is not there: it is not yet, or it was pruned.</summary>
internal static class AbsentEntry
{
    public static IResult Answer(TrailReader trail, long sequence) => sequence >= 0 && sequence < trail.Minimum
        ? Refusals.Table.Answer("entry_pruned", string.Create(
            CultureInfo.InvariantCulture, $"The entries before {trail.Minimum} were removed after their time: GET /prunings says by whom."),
            StatusCodes.Status410Gone)
        : Refusals.Table.Answer("entry_unknown", string.Create(
            CultureInfo.InvariantCulture, $"The trail has no entry {sequence}, or has not published it yet."));
}
