using System.ComponentModel.DataAnnotations;
using AccessGov.TransparencyLog;

namespace AccessGov.Audit.Witnesses;

/// <summary>The settings Audit:Witnesses.</summary>
internal sealed class WitnessesOptions : IValidatableObject
{
    public const string Section = AuditOptions.Section;

    /// <summary>Who is asked to cosign checkpoints, by the names that health shows.</summary>
    public Dictionary<string, WitnessOptions> Witnesses { get; } = new(StringComparer.Ordinal);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, WitnessOptions witness) in Witnesses)
        {
            string member = $"{nameof(Witnesses)}:{name}";
            if (!Identifiers.IsOwn(name))
            {
                yield return new ValidationResult("A witness's name is 1 to 64 lower case letters, digits and inner hyphens.", [member]);
            }

            if (witness.Url is not { IsAbsoluteUri: true, Query: "", Fragment: "", UserInfo: "" } url
                || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
            {
                yield return new ValidationResult("The submission prefix of a witness is an http or https URL.",
                    [$"{member}:{nameof(witness.Url)}"]);
            }

            if (Fault(witness.Key) is { } fault)
            {
                yield return new ValidationResult(fault, [$"{member}:{nameof(witness.Key)}"]);
            }
        }
    }

    private static string? Fault(string verifierKey)
    {
        try
        {
            return NoteKey.Parse(verifierKey).Type is NoteKeyType.Cosignature ? null : "This is the key of a log, not that of a witness.";
        }
        catch (FormatException malformed)
        {
            return malformed.Message;
        }
    }
}

/// <summary>A witness (c2sp.org/tlog-witness). What it answers is checked with its key, so its URL may be plain HTTP.</summary>
internal sealed class WitnessOptions
{
    /// <summary>The submission prefix: <c>add-checkpoint</c> is below it.</summary>
    public Uri? Url { get; set; }

    /// <summary>Its verifier key, which was received on another way than the URL.</summary>
    public string Key { get; set; } = "";
}
