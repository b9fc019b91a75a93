using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Export;

/// <summary>What the sealed fields of an event say of whom; null where that was never said.</summary>
internal sealed record OpenedDetails(string? PatientId, string? PatientName, string? PersonName);

/// <summary>Opens an event's sealed fields; null when their keys are destroyed.</summary>
internal delegate ValueTask<OpenedDetails?> OpenDetails(TrailEntry entry);
