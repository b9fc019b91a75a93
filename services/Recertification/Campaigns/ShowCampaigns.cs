using AccessGov.EventSourcing;

namespace AccessGov.Recertification.Campaigns;

/// <summary>The campaigns, and one with all that happened to it.</summary>
internal static class ShowCampaigns
{
    /// <param name="Name">The event's name, for example campaign_launched.</param>
    /// <param name="At">When.</param>
    /// <param name="By">Who did it; null when that is not known.</param>
    /// <param name="Data">What it says.</param>
    public sealed record Step(string Name, DateTimeOffset At, string? By, object Data);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/campaigns", ListAsync).RequireAuthorization(SetUpCampaign.Scope);
        routes.MapGet("/campaigns/{id}", ShowAsync).RequireAuthorization(SetUpCampaign.Scope);
    }

    private static async Task<IResult> ListAsync(CampaignRows rows, HttpContext http, string? state, int? limit, string? after) =>
        Paging.Of(limit, after) is not { } paging ? Refusals.Answer(Paging.Malformed)
        : state is not null && !CampaignRows.States.Contains(state, StringComparer.Ordinal)
            ? Refusals.Answer(new Refusal("state_unknown", $"state is one of {string.Join(", ", CampaignRows.States)}."))
        : Results.Ok(Paging.Page("campaigns", paging, await rows.ReadAsync(state, paging, http.RequestAborted), item => item.Id));

    private static async Task<IResult> ShowAsync(string id, IEventStore store, HttpContext http)
    {
        EventStream stream = await store.LoadAsync(Campaign.Streams.StreamId(id), http.RequestAborted);
        if (CampaignRows.Of(Campaign.Streams.Fold(stream)) is not var (state, terms))
        {
            return Refusals.Answer(CampaignRefusals.Unknown);
        }

        http.Response.Headers.ETag = $"\"{stream.Version}\"";
        return Results.Ok(new
        {
            id, state, terms.Name, terms.Kind, terms.Scope, terms.Starts, terms.Deadline, terms.Zone, terms.TwoStages,
            recurring = terms.Series is not null, next = CampaignCalendar.After(terms)?.Starts,
            history = stream.Events.Select(stored => new Step(stored.Name, stored.RecordedAt, stored.Metadata.Actor, stored.Data)),
        });
    }
}
