namespace AccessGov.Client;

/// <summary>Whose capability it is, and where it is kept.</summary>
/// <param name="Edge">The edge that it is for.</param>
/// <param name="Station">The station whose it is; null when it is a person's.</param>
/// <param name="File">
/// A file (mode 0600) that keeps key and capability while the program is not running; null keeps them in memory alone.
/// </param>
/// <param name="Person">The id (sub) of the person who is signed in: needed with a file, in which another's is not taken.</param>
public sealed record HeldCapabilitySettings(string Edge, string? Station = null, string? File = null, string? Person = null);
