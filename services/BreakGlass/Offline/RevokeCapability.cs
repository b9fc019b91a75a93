using System.Text.Json.Serialization;
using AccessGov.BreakGlass.EmergencyAccess;
using AccessGov.EmergencyCapabilities;
using AccessGov.EventSourcing;
using AccessGov.Messaging;

namespace AccessGov.BreakGlass.Offline;

/// <summary>
/// Takes a capability back: security, or because its holder is kept out. What was opened with it meanwhile is found at the merge.
/// </summary>
internal sealed class RevokeCapability(Capabilities capabilities, UnattendedCommands unattended, CommandRunner commands)
{
    public static readonly Refusal Unknown = new("capability_unknown", "There is no capability with this id.");

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Command(string Reason);

    /// <summary>Security takes it back.</summary>
    public static Outcome<CapabilityEvent> Decide(Capability state, Command command, DateTimeOffset now) =>
        !Identifiers.IsText(command.Reason, InvokeEmergencyAccess.TextLengthMax)
            ? new Refusal("reason_required", $"Say in 1 to {InvokeEmergencyAccess.TextLengthMax} characters why it is taken back.")
            : Revoke(state, EndCauses.Security, command.Reason, now);

    /// <summary>What has run out, or was taken back, is good for nothing already.</summary>
    public static Outcome<CapabilityEvent> Revoke(Capability state, string cause, string? reason, DateTimeOffset now) => state switch
    {
        Capability.NotIssued => Unknown,
        Capability.Issued { Expires: var expires } when expires > now => new EmergencyCapabilityRevoked(cause, reason, now),
        _ => Outcome.NothingToDo<CapabilityEvent>(),
    };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emergency-capabilities/{id}/revoke", (string id, Command command, CommandRunner runner, HttpContext http) => runner.RunAsync(
            http, Capability.Streams, id, state => Decide(state, command, runner.Now), alongside: Capabilities.Revoked(id, runner.Now)))
        .RequireAuthorization(EndEmergencyAccess.Scope);

    /// <summary>All that a person has, because they are kept out.</summary>
    public async Task RevokeAllAsync(string person, string cause, string? by, MessageEnvelope envelope, CancellationToken cancellation)
    {
        var metadata = new EventMetadata(by, envelope.TraceParent, envelope.Id.ToString(), envelope.Source);
        foreach (Capabilities.Item one in await capabilities.OfAsync(CapabilityHolder.Person, person, commands.Now, cancellation))
        {
            await unattended.RunAsync(
                Capability.Streams, one.Id, state => Revoke(state, cause, null, commands.Now), metadata, Capabilities.Revoked(one.Id, commands.Now),
                cancellation);
        }
    }
}
