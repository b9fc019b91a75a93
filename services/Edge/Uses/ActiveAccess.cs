namespace AccessGov.Edge.Uses;

/// <summary>An emergency access that was begun here. Immutable.</summary>
/// <param name="Id">Its id: that of the use.</param>
/// <param name="Holder">Whose capability it was: the kind and the id.</param>
/// <param name="Person">The clinician, or who was said to be one at a station.</param>
/// <param name="Patient">Whose images it opens.</param>
/// <param name="Practice">Whether it is a drill.</param>
/// <param name="Until">Until when (exclusive).</param>
internal sealed record ActiveAccess(string Id, string Holder, string Person, string Patient, bool Practice, DateTimeOffset Until);
