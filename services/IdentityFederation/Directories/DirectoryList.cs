using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>Shows how each directory is.</summary>
internal static class DirectoryList
{
    public const string Held = "deactivations_held";

    /// <param name="Health">healthy, new (not read yet), or the code of what is wrong.</param>
    /// <param name="Held">How many vanished who are not deactivated, because they are too many.</param>
    /// <param name="Pending">Whether a run was asked for that has not begun.</param>
    public sealed record Item(
        string Name, string Organisation, string Health, string? Detail, DateTimeOffset? FailedAt, DateTimeOffset? HighWaterMark, DateTimeOffset? FullReadAt, long Runs,
        int? Held, bool Pending, bool Running, DirectoryRun? LastRun);

    public static Item Of(string name, DirectoryOptions options, DirectoryState state) => new(
        name, options.Organisation, HealthOf(state),
        state.Failure?.Detail ?? (state.Held is { } held
            ? $"{held} active people vanished at once, which is more than the settings allow: nobody is deactivated until POST /directories/{name}/synchronise says allowDeactivations."
            : null),
        state.Failure?.At, state.HighWaterMark, state.FullReadAt, state.Runs, state.Held, state.Request is not null, state.Running, state.LastRun);

    public static string HealthOf(DirectoryState state) => state switch
    {
        { Failure: { } failure } => failure.Code,
        { Held: not null } => Held,
        { LastRun: null } => "new",
        _ => "healthy",
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/directories", async (IOptions<DirectoriesOptions> options, DirectoryProgress progress, CancellationToken cancellation) =>
        {
            IReadOnlyDictionary<string, DirectoryState> states = await progress.ReadAsync(cancellation);
            return Results.Ok(new
            {
                directories = options.Value.OrderBy(directory => directory.Key, StringComparer.Ordinal)
                    .Select(directory => Of(directory.Key, directory.Value, states.GetValueOrDefault(directory.Key, DirectoryState.New))),
            });
        })
        .RequireAuthorization("directories.read");
}
