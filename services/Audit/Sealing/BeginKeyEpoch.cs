namespace AccessGov.Audit.Sealing;

/// <summary>Begins a new epoch of the keys that protect data keys, because somebody says so; by age it begins by itself.</summary>
internal static class BeginKeyEpoch
{
    public sealed record Command(string? Reason = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapStrongGroup("audit.keys");
        group.MapPost("/key-epochs", async (Command command, HttpContext http, KeyEpochs epochs, TimeProvider clock) =>
        {
            if (UnsealEntry.BadReason(command.Reason) is { } malformed)
            {
                return Refusals.Answer(malformed);
            }

            int epoch = await epochs.BeginAsync(
                next => Deed.Of(http, clock.GetUtcNow(), "key_epoch.begun", $"KeyEpoch::{next}", new { command.Reason }),
                http.RequestAborted);
            return Results.Created("/key-epochs", new { epoch });
        });
        group.MapGet("/key-epochs", async (HttpContext http, KeyEpochs epochs) =>
            new { epochs = await epochs.ListAsync(http.RequestAborted) });
    }
}
