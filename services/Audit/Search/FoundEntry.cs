namespace AccessGov.Audit.Search;

/// <summary>An entry of the trail as a search answers it: its clear fields.</summary>
internal sealed record FoundEntry(
    long Sequence, DateTimeOffset At, DateTimeOffset ReceivedAt, string Service, string Kind, string Action, string Outcome, string? Actor,
    string? PatientToken, string? Study, string? Series, string? Resource, string? Session, string? Address, string? Workstation,
    string? EmergencyCase, string? Reason, string? DecisionId);

/// <summary>How often a value occurs among what was found.</summary>
internal sealed record Facet(string Value, long Count);
