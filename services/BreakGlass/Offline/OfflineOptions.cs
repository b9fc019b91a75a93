using System.ComponentModel.DataAnnotations;

namespace AccessGov.BreakGlass.Offline;

/// <summary>
/// The settings of the section BreakGlass:Offline: what is promised for the time in which AccessGov cannot be asked. Without keys
/// nothing is.
/// </summary>
internal sealed class OfflineOptions : IValidatableObject
{
    public const string Section = "BreakGlass:Offline";

    /// <summary>Who promises: the URL at which the edges reach this service.</summary>
    public Uri? Issuer { get; set; }

    /// <summary>
    /// Private keys on the curve P-256 (PEM). The first signs; those after it are still known by edges and by the merge. A key stays for
    /// as long as journals may come in that tell of what it signed.
    /// </summary>
    public IReadOnlyList<string> KeyFiles { get; set; } = [];

    /// <summary>The edges, each with the id of the client that its journal comes from.</summary>
    public IDictionary<string, string> Edges { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Workstations at which a clinician says who they are.</summary>
    public IDictionary<string, StationOptions> Stations { get; set; } = new Dictionary<string, StationOptions>(StringComparer.Ordinal);

    /// <summary>How long a capability may be used.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "12:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How often.</summary>
    [Range(1, 20)]
    public int UsesMax { get; set; } = 3;

    /// <summary>How many that are good somebody has at one edge at most: whoever works at several stations has one at each.</summary>
    [Range(1, 100)]
    public int CapabilitiesMax { get; set; } = 20;

    /// <summary>How long an edge may not be heard, or its journal wait, before health says so. It asks every few seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "7.00:00:00")]
    public TimeSpan EdgeSilence { get; set; } = TimeSpan.FromMinutes(10);

    public bool Issues => Issuer is not null && KeyFiles.Count > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeyFiles.Count > 0 && Issuer is not { IsAbsoluteUri: true })
        {
            yield return new ValidationResult("Name the URL at which the edges reach this service.", [nameof(Issuer)]);
        }

        foreach (string file in KeyFiles.Where(file => !File.Exists(file)))
        {
            yield return new ValidationResult($"{file} cannot be read.", [nameof(KeyFiles)]);
        }

        foreach (string edge in Edges.Where(edge => !Identifiers.IsOwn(edge.Key) || edge.Value.Length == 0).Select(edge => edge.Key))
        {
            yield return new ValidationResult(
                $"{edge}: an edge has a name of small letters, digits and hyphens, and a client.", [nameof(Edges)]);
        }

        foreach ((string name, StationOptions station) in Stations)
        {
            if (station.UsesMax is < 1 or > StationOptions.MostUses)
            {
                yield return new ValidationResult(
                    $"{name}: UsesMax is from 1 to {StationOptions.MostUses}.", [nameof(Stations)]);
            }

            if (!Identifiers.IsOwn(name) || !station.IsGiven)
            {
                yield return new ValidationResult(
                    $"{name}: a station has a name of small letters, digits and hyphens, ClientId, Role and InvokerRole.",
                    [nameof(Stations)]);
            }
        }
    }
}

/// <summary>A workstation at which a clinician says who they are.</summary>
internal sealed class StationOptions
{
    public const int MostUses = 200;

    /// <summary>The client that may fetch its capability.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The role that it gives for a patient, and the role that counts as having let somebody take it.</summary>
    public string Role { get; set; } = "";

    public string InvokerRole { get; set; } = "";

    /// <summary>How often its capability may be used: many work at one station.</summary>
    public int UsesMax { get; set; } = 20;

    public bool IsGiven => ClientId.Length > 0 && Role.Length > 0 && InvokerRole.Length > 0;
}
