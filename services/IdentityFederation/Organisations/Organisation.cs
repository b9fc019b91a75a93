using AccessGov.EventSourcing;

namespace AccessGov.IdentityFederation.Organisations;

/// <summary>What an organisation is to the hospital.</summary>
internal enum OrganisationKind
{
    /// <summary>The hospital whose images they are.</summary>
    Hospital,

    /// <summary>Radiologists from outside who read for it.</summary>
    ReadingGroup,

    /// <summary>Practices and hospitals that refer patients to it.</summary>
    Referrer,

    /// <summary>Whoever maintains its systems.</summary>
    Vendor,
}

/// <summary>Something happened to an organisation.</summary>
internal abstract record OrganisationEvent;

/// <summary>An organisation is known, or known otherwise than before.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is to the hospital.</param>
/// <param name="Domains">Its e-mail domains, in lower case ASCII; each belongs to one organisation only.</param>
[EventName("organisation_defined")]
internal sealed record OrganisationDefined(string Name, OrganisationKind Kind, IReadOnlyList<string> Domains) : OrganisationEvent;

/// <summary>Nobody comes from it any more.</summary>
[EventName("organisation_closed")]
internal sealed record OrganisationClosed(string Reason) : OrganisationEvent;

/// <summary>Where people come from: the hospital itself, or a group outside.</summary>
internal abstract record Organisation
{
    private Organisation() { }

    public static StreamKind<Organisation, OrganisationEvent> Streams { get; } = new("organisation", new Unknown(), Evolve);

    public static Organisation Evolve(Organisation state, OrganisationEvent @event) => (state, @event) switch
    {
        (Unknown or Defined or Closed, OrganisationDefined e) => new Defined(e),
        (Defined, OrganisationClosed) => new Closed(),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} cannot follow {state.GetType().Name}: the stream of the organisation is corrupt."),
    };

    public sealed record Unknown : Organisation;

    public sealed record Defined(OrganisationDefined Definition) : Organisation;

    public sealed record Closed : Organisation;
}
