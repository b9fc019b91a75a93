using System.ComponentModel.DataAnnotations;
using AccessGov.TransparencyLog;

namespace AccessGov.Witness;

/// <summary>The settings of the section Witness.</summary>
internal sealed class WitnessOptions : IValidatableObject
{
    public const string Section = "Witness";

    /// <summary>The name that it signs with, by custom a URL without its scheme: <c>witness.example/radiology</c>.</summary>
    [Required]
    [RegularExpression(@"^[^\s+]{1,200}$")]
    public string Name { get; set; } = "";

    /// <summary>32 bytes in hexadecimal digits: the Ed25519 key that cosigns, and signs nothing else.</summary>
    [Required]
    public string SeedFile { get; set; } = "";

    /// <summary>Where it keeps what it has cosigned. Never put back to an earlier time: then it would believe a log that was.</summary>
    [Required]
    public string StateDirectory { get; set; } = "";

    /// <summary>
    /// The verifier keys of the logs that it cosigns, each named as its log's origin. Of several keys of one log, one must have signed, and
    /// none that claims to have signed may be false.
    /// </summary>
    [MinLength(1)]
    public IList<string> Logs { get; } = [];

    public NoteSigner ReadSigner()
    {
        try
        {
            return NoteSigner.OfWitness(Name, Convert.FromHexString(File.ReadAllText(SeedFile).Trim()));
        }
        catch (FormatException malformed)
        {
            throw new InvalidDataException($"{SeedFile} is no key: 32 bytes in hexadecimal digits are one.", malformed);
        }
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((int index, string text) in Logs.Index())
        {
            if (Fault(text) is { } fault)
            {
                yield return new ValidationResult(fault, [$"Logs:{index}"]);
            }
        }
    }

    private static string? Fault(string verifierKey)
    {
        try
        {
            return NoteKey.Parse(verifierKey).Type is NoteKeyType.Cosignature ? "This is the key of a witness, not that of a log." : null;
        }
        catch (FormatException malformed)
        {
            return malformed.Message;
        }
    }
}
