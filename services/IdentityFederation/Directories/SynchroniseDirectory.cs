using System.Text.Json.Serialization;
using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>Asks for a run now. It may allow, for this run only, that however many are deactivated who vanished.</summary>
internal static class SynchroniseDirectory
{
    /// <param name="Full">Whether everything is read.</param>
    /// <param name="AllowDeactivations">Whether whoever vanished is deactivated, however many they are; reads everything.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(bool Full = false, bool AllowDeactivations = false);

    public static Refusal Unknown => new("directory_unknown", "No directory has this name in the settings.");

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/directories/{name}/synchronise", HandleAsync)
        .RequireAuthorization("directories.manage");

    private static async Task<IResult> HandleAsync(
        string name, Command command, IOptions<DirectoriesOptions> options, DirectoryProgress progress, CommandRunner commands, ILogger<DirectoryProgress> log, HttpContext http)
    {
        if (commands.Refused(http) is { } refused)
        {
            return Refusals.Answer(refused);
        }

        if (!options.Value.ContainsKey(name))
        {
            return Refusals.Answer(Unknown);
        }

        string? by = Caller.Metadata(http).Actor;
        await progress.RequestAsync(name, new DirectoryRequest(command.Full, command.AllowDeactivations, by), http.RequestAborted);
        if (command.AllowDeactivations)
        {
            log.LogWarning("{Actor} allows directory {Directory} to deactivate whoever vanished, once", by, name);
        }

        return Results.Accepted("/directories");
    }
}
