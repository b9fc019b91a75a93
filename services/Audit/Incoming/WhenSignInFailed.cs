using System.Text.Json;
using AccessGov.Audit.Ingest;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.Messaging;
using Npgsql;

namespace AccessGov.Audit.Incoming;

/// <summary>Somebody did not show who they are: one leaf for what IdentityFederation counted together, with how often.</summary>
internal static class WhenSignInFailed
{
    public const string Kind = "sign_in_failed";
    private const string Source = "identity-federation";

    public static async Task Handle(
        SignInFailed message, MessageEnvelope envelope, NpgsqlTransaction transaction, SenderCheck sender, Intake intake,
        CancellationToken cancellation)
    {
        if (await sender.HoldsAsync(Source, message, envelope, transaction, cancellation))
        {
            await intake.AcceptAsync(Source, [RecordOf(message, envelope.Id)], transaction, cancellation);
        }
    }

    public static AuditRecord RecordOf(SignInFailed message, Guid id) => new()
    {
        EventId = id.ToString(), OccurredAt = message.LastAt, Kind = Kind, Action = AuditActions.SignInFailed,
        Outcome = AuditOutcomes.Failure,
        Actor = Shortened.OrNull(message.UserId), Address = message.Network, Reason = message.Cause,
        PersonDetails = JsonSerializer.SerializeToElement(new { message.Count, message.FirstAt, message.LastAt }),
    };
}
