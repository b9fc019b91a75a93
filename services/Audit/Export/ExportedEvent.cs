using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Export;

/// <summary>
/// An event on its way out: as the trail has it, and what was opened of it for a destination that may know who it was about.
/// </summary>
internal sealed record ExportedEvent(TrailEntry Entry, OpenedDetails? Opened = null)
{
    /// <summary>The text that proves that the entry is in the trail; null where nobody asked for it.</summary>
    public string? Proof { get; init; }

    /// <summary>The patient's id for those who may know it, else their token; null when it is about no patient.</summary>
    public string? Patient => Opened?.PatientId ?? Entry.PatientToken;

    /// <summary>Whether <see cref="Patient"/> is the id that the hospital knows.</summary>
    public bool PatientIsKnown => Opened?.PatientId is not null;

    /// <summary>Whoever did it, in one word: an id, the service where nobody is named.</summary>
    public string Who => Entry.Actor ?? Entry.Service;
}

/// <summary>What exports say of where they come from.</summary>
/// <param name="Trail">The trail's name in its checkpoints.</param>
/// <param name="Host">The name of this machine.</param>
/// <param name="Version">The version of the product.</param>
/// <param name="Site">The name of the hospital or department; null where none is configured.</param>
/// <param name="PatientSystem">The URI of the numbers that the hospital gives its patients; null where none is configured.</param>
/// <param name="Hosts">The network names of services and systems, by what the trail calls them.</param>
internal sealed record ExportOrigin(
    string Trail, string Host, string Version, string? Site, string? PatientSystem, IReadOnlyDictionary<string, string> Hosts);
