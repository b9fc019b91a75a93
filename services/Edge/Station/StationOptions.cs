using System.ComponentModel.DataAnnotations;
using System.Net;

namespace AccessGov.Edge.Station;

/// <summary>
/// The settings of the section Edge:Station: a workstation whose viewer has no emergency button. Without a name there is none.
/// </summary>
internal sealed class StationOptions : IValidatableObject
{
    public const string Section = "Edge:Station";

    /// <summary>The station's name, as BreakGlass:Offline:Stations has it.</summary>
    [RegularExpression("^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]
    public string? Name { get; set; }

    /// <summary>Where it stands (CIDR): nobody else is shown the page.</summary>
    public IList<string> Networks { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Name is not null && Networks.Count == 0)
        {
            yield return new ValidationResult("Say from which networks (CIDR) the station asks.", [nameof(Networks)]);
        }

        foreach (string network in Networks.Where(network => !IPNetwork.TryParse(network, out _)))
        {
            yield return new ValidationResult(
                $"\"{network}\" is not a network like 10.1.2.0/24 (the host part must be zero).", [nameof(Networks)]);
        }
    }
}
