using System.ComponentModel.DataAnnotations;

namespace AccessGov.Audit.Copies;

/// <summary>The settings Audit:Copies.</summary>
internal sealed class CopiesOptions : IValidatableObject
{
    public const string Section = AuditOptions.Section;

    /// <summary>Where copies of the trail are kept, by the names that health shows. A copy that begins anew gets a new name.</summary>
    public Dictionary<string, CopyOptions> Copies { get; } = new(StringComparer.Ordinal);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, CopyOptions copy) in Copies)
        {
            string member = $"{nameof(Copies)}:{name}";
            if (!Identifiers.IsOwn(name))
            {
                yield return new ValidationResult("A copy's name is 1 to 64 lower case letters, digits and inner hyphens.", [member]);
            }

            foreach (ValidationResult result in Found(copy).Concat(copy.S3 is null ? [] : Found(copy.S3)))
            {
                yield return new ValidationResult(result.ErrorMessage, [$"{member}:{string.Join(", ", result.MemberNames)}"]);
            }
        }
    }

    private static List<ValidationResult> Found(object options)
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        return found;
    }
}

/// <summary>One copy: a directory or a bucket.</summary>
internal sealed class CopyOptions : IValidatableObject
{
    /// <summary>The directory that it is in. A person makes it.</summary>
    public string? Directory { get; set; }

    /// <summary>The bucket that it is in.</summary>
    public S3CopyOptions? S3 { get; set; }

    /// <summary>How often what is new is copied. In a bucket each time leaves the partial tiles of that moment behind.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((Directory is null) == (S3 is null))
        {
            yield return new ValidationResult("A copy has either Directory or S3.", [nameof(Directory), nameof(S3)]);
        }
    }

    public ITrailCopy Open(TimeProvider clock) => S3 is null ? new DirectoryCopy(Directory!) : new S3Copy(S3, clock);
}

/// <summary>A bucket with versions and object lock.</summary>
internal sealed class S3CopyOptions : IValidatableObject
{
    [Required]
    public string Bucket { get; set; } = "";

    [Required]
    public string Region { get; set; } = "";

    /// <summary>The address of a store that speaks S3; Amazon's unless given.</summary>
    public Uri? ServiceUrl { get; set; }

    /// <summary>What all keys begin with, for example <c>hospital/audit/</c>.</summary>
    public string Prefix { get; set; } = "";

    [Required]
    public string AccessKeyFile { get; set; } = "";

    [Required]
    public string SecretKeyFile { get; set; } = "";

    /// <summary>How long nobody can remove what was copied.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan Retain { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ServiceUrl is { } service && !(service.IsAbsoluteUri && (service.Scheme == Uri.UriSchemeHttps || service.IsLoopback)))
        {
            yield return new ValidationResult("The store's address is an https URL.", [nameof(ServiceUrl)]);
        }
    }
}
