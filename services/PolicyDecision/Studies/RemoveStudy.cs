using AccessGov.ServiceDefaults;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>Takes a study out of the index; from then on it is unknown, hence denied.</summary>
internal static class RemoveStudy
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapDelete("/studies/{uid}", HandleAsync)
        .RequireAuthorization("studies.feed");

    private static async Task<IResult> HandleAsync(
        string uid, StudyWriter writer, StudyIndex index, StudyReach reach, HttpContext http, CancellationToken cancellation)
    {
        if (!DicomUid.IsValid(uid))
        {
            return ReadStudy.UidInvalid();
        }

        (bool removed, long change) = await writer.RemoveAsync(uid, cancellation);
        index.Forget([uid]);
        await reach.TellPositionAsync(http, change);
        return removed ? Results.NoContent() : ReadStudy.Unknown();
    }
}
