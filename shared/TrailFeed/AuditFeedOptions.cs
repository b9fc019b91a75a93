using AccessGov.EventSourcing;

namespace AccessGov.TrailFeed;

/// <summary>Whose events the audit trail gets, and what of them. Read once.</summary>
public sealed class AuditFeedOptions
{
    /// <summary>The service's name, for example identity-federation; the subject of its messages. Required.</summary>
    public string Service { get; set; } = "";

    /// <summary>The schema of the service's event store. Required.</summary>
    public string Schema { get; set; } = "";

    /// <summary>The events that the store knows: of others the payload is not told. Required.</summary>
    public EventTypes Types { get; set; } = EventTypes.Of();

    /// <summary>What never leaves the service.</summary>
    public Withheld Withheld { get; set; } = Withheld.None;

    /// <summary>How often a store is read again from its beginning.</summary>
    public TimeSpan RecountEvery { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long the recount waits before it tries again what could not be done.</summary>
    public TimeSpan RecountRetry { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>From how many bytes of payloads on a message is closed; a single event may have more.</summary>
    internal int MessageBytesMax { get; set; } = 192 * 1024;

    internal void Validate()
    {
        if (Service.Length is 0 or > 250 || Schema.Length == 0 || Types.Names.Count == 0)
        {
            throw new InvalidOperationException("The audit feed needs the service's name, its schema and the events that it knows.");
        }

        if (RecountEvery <= TimeSpan.Zero || RecountRetry <= TimeSpan.Zero)
        {
            throw new InvalidOperationException("Between two recounts there is some time.");
        }
    }
}
