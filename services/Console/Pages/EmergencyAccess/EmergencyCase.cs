using System.Text.Json;

namespace AccessGov.Console.Pages.EmergencyAccess;

/// <summary>How long emergency access lasts at most unless a role allows less, and within what time somebody must review it.</summary>
internal sealed record EmergencyTerms(double Hours, double ReviewHours);

internal sealed record EmergencyCasePage(IReadOnlyList<EmergencyCaseItem> Cases, string? Next = null);

/// <summary>A case as lists tell it.</summary>
/// <param name="State">active, awaiting_review, reviewed.</param>
internal sealed record EmergencyCaseItem(
    string Id, string Person, string Patient, string Role, string ReasonCode, bool Practice, DateTimeOffset InvokedAt, DateTimeOffset Until,
    DateTimeOffset ReviewDue, int Level, bool Overdue, bool FollowUpOpen, string State, string? Study = null,
    DateTimeOffset? EndedAt = null, string? EndCause = null, string? Owner = null, string? LevelName = null,
    string? Verdict = null, bool? Late = null, string? Reviewer = null, DateTimeOffset? ReviewedAt = null,
    string? Edge = null, string? SaidToBe = null);

/// <summary>A case with its history.</summary>
internal sealed record EmergencyCase(
    string Id, string State, string Person, string Patient, string Role, string InvokerRole, string ReasonCode, string Reason,
    DateTimeOffset InvokedAt, DateTimeOffset Until, DateTimeOffset ReviewDue, bool Practice, int Level, bool Overdue, bool FollowUpOpen,
    IReadOnlyList<EmergencyStep> History, string? Study = null, string? Workstation = null, string? Owner = null, string? Verdict = null,
    TakenOffline? Offline = null)
{
    public const string Active = "active";

    public bool IsActive => State == Active;

    /// <summary>Whether somebody has shown who took it; otherwise it is a station's or an edge's.</summary>
    public bool NamesPerson => Offline is null || (Offline.Station is null && Person != $"edge:{Offline.Edge}");

    /// <summary>Whether somebody may be whose it is: what is said at a station counts against whoever would judge it.</summary>
    public bool MayBeOf(string? person) =>
        Person == person || (person is not null && string.Equals(Offline?.SaidToBe, person, StringComparison.OrdinalIgnoreCase));

    /// <summary>What the clinician said besides.</summary>
    public IEnumerable<(DateTimeOffset At, string Text)> Statements => History
        .Where(step => step.Name == "emergency_access_explained").Select(step => (step.At, step.Said("statement") ?? ""));

    /// <summary>How it ended; null while it runs.</summary>
    public EmergencyStep? End => History.FirstOrDefault(step => step.Name == "emergency_access_ended");
}

/// <summary>How it was taken at an edge while AccessGov could not be asked.</summary>
/// <param name="ReceivedAt">When it came to be known.</param>
/// <param name="Station">The station at which whoever took it said who they are; null when they had shown that before.</param>
/// <param name="Faults">The codes of what is wrong with it.</param>
/// <param name="SaidToBe">Who they said they are at the station.</param>
internal sealed record TakenOffline(
    string Edge, string Capability, DateTimeOffset ReceivedAt, IReadOnlyList<string> Faults, string? Station = null,
    string? SaidToBe = null);

/// <summary>Something that happened to a case.</summary>
/// <param name="By">Who; null when that is not known.</param>
internal sealed record EmergencyStep(string Name, DateTimeOffset At, JsonElement Data, string? By = null)
{
    /// <summary>A text of it; null where there is none.</summary>
    public string? Said(string name) =>
        Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A number of it; null where there is none.</summary>
    public long? Number(string name) =>
        Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;

    /// <summary>The texts of a list of it; none where there is no such list.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(one => one.ToString())] : [];

    /// <summary>When it happened: what an edge tells has its own time.</summary>
    public DateTimeOffset HappenedAt => Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty("at", out JsonElement value)
        && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out DateTimeOffset at) ? at : At;
}
