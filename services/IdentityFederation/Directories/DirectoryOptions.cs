using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>How the connection is protected: there is no way without TLS, because the password goes over it.</summary>
internal enum DirectorySecurity
{
    /// <summary>TLS from the first byte.</summary>
    Ldaps,

    /// <summary>TLS before the password is sent.</summary>
    StartTls,
}

/// <summary>The settings of the section IdentityFederation:Directories: one directory for each name.</summary>
internal sealed class DirectoriesOptions : Dictionary<string, DirectoryOptions>, IValidatableObject
{
    public const string Section = "IdentityFederation:Directories";

    public DirectoriesOptions()
        : base(StringComparer.Ordinal)
    {
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, DirectoryOptions directory) in this)
        {
            if (!Identifiers.IsOwn(name))
            {
                yield return new ValidationResult("A directory's name is 1 to 64 lower case letters, digits and inner hyphens.", [name]);
            }

            var found = new List<ValidationResult>();
            Validator.TryValidateObject(directory, new ValidationContext(directory), found, validateAllProperties: true);
            foreach (ValidationResult result in found)
            {
                yield return new ValidationResult(result.ErrorMessage, [$"{name}:{string.Join(", ", result.MemberNames)}"]);
            }
        }
    }
}

/// <summary>One directory (Active Directory, Samba) whose people and groups are those of an organisation.</summary>
internal sealed class DirectoryOptions : IValidatableObject
{
    /// <summary>The name of the server, as its certificate says it.</summary>
    [Required]
    public string Host { get; set; } = "";

    /// <summary>636 unless given, 389 for StartTLS.</summary>
    [Range(1, 65_535)]
    public int? Port { get; set; }

    public DirectorySecurity Security { get; set; }

    /// <summary>The certificates (PEM) of the authorities that the server's certificate must come from. No other is trusted.</summary>
    [Required]
    public string CaFile { get; set; } = "";

    /// <summary>Who reads: a distinguished name, or a user principal name.</summary>
    [Required]
    public string BindDn { get; set; } = "";

    /// <summary>A file with the password of who reads; read at every run.</summary>
    [Required]
    public string PasswordFile { get; set; } = "";

    /// <summary>Below what people and groups are looked for.</summary>
    [MinLength(1)]
    public string[] BaseDns { get; set; } = [];

    [RegularExpression(@"^\(.+\)$", ErrorMessage = "An LDAP filter stands in parentheses.")]
    public string UserFilter { get; set; } = "(&(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE)))";

    /// <summary>Empty where groups are not wanted.</summary>
    [RegularExpression(@"^(\(.+\))?$", ErrorMessage = "An LDAP filter stands in parentheses; it is empty where no groups are wanted.")]
    public string GroupFilter { get; set; } = "(&(objectClass=group)(!(isCriticalSystemObject=TRUE)))";

    /// <summary>The id of the organisation whose people they are.</summary>
    [Required]
    public string Organisation { get; set; } = "";

    public DirectoryAttributes Attributes { get; set; } = new();

    /// <summary>How often it is asked for what changed.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often everything is read, to find who vanished.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan FullEvery { get; set; } = TimeSpan.FromHours(6);

    [Range(1, 5_000)]
    public int PageSize { get; set; } = 1_000;

    /// <summary>How many members of a group are asked for at once; Active Directory gives no more than 1,500.</summary>
    [Range(1, 5_000)]
    public int MemberRange { get; set; } = 1_500;

    /// <summary>How long one answer of the server may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>When more of the active people than this share vanished, nobody is deactivated until somebody allows it.</summary>
    [Range(0, 100)]
    public int DeactivatePercentMax { get; set; } = 5;

    /// <summary>So many may vanish whatever the share: a small directory loses people too.</summary>
    [Range(0, 1_000)]
    public int DeactivateAlways { get; set; } = 5;

    public int PortOrDefault => Port ?? (Security == DirectorySecurity.Ldaps ? 636 : 389);

    /// <summary>What a full read depends on: with other settings, everything is read anew.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join(
        '\n', [Host, Organisation, UserFilter, GroupFilter, .. BaseDns, .. Attributes.Pairs.Select(pair => $"{pair.Field}={pair.Attribute}")]))));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown)
        {
            yield return new ValidationResult("The name of a server, without a scheme and without a port.", [nameof(Host)]);
        }

        foreach (string baseDn in BaseDns.Where(dn => DistinguishedName.KeyOf(dn) is null))
        {
            yield return new ValidationResult($"{baseDn} is not a distinguished name, for example OU=Staff,DC=hospital,DC=example.", [nameof(BaseDns)]);
        }

        if (!Identifiers.IsOwn(Organisation))
        {
            yield return new ValidationResult("The id of an organisation.", [nameof(Organisation)]);
        }

        foreach ((string name, string filter) in new[] { (nameof(UserFilter), UserFilter), (nameof(GroupFilter), GroupFilter) })
        {
            if (filter.Count(letter => letter == '(') != filter.Count(letter => letter == ')'))
            {
                yield return new ValidationResult("The parentheses of the filter do not match.", [name]);
            }
        }

        foreach ((string field, string attribute) in Attributes.Pairs)
        {
            if (attribute.Length > 0 && !attribute.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
            {
                yield return new ValidationResult("The name of an LDAP attribute.", [$"{nameof(Attributes)}:{field}"]);
            }
        }

        if (string.IsNullOrEmpty(Attributes.UserName) || string.IsNullOrEmpty(Attributes.GroupName))
        {
            yield return new ValidationResult("UserName and GroupName name an attribute each.", [nameof(Attributes)]);
        }

        if (BadFile(PasswordFile, () => ReadPassword().Length) is { } password)
        {
            yield return new ValidationResult(password, [nameof(PasswordFile)]);
        }

        if (BadFile(CaFile, () => ReadAuthorities().Count) is { } authorities)
        {
            yield return new ValidationResult(authorities, [nameof(CaFile)]);
        }
    }

    /// <exception cref="InvalidDataException">It is empty: a bind without a password succeeds as nobody.</exception>
    public string ReadPassword() => File.ReadAllText(PasswordFile).TrimEnd('\r', '\n') is { Length: > 0 } password
        ? password
        : throw new InvalidDataException("The password file is empty.");

    private X509Certificate2Collection ReadAuthorities()
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(CaFile);
        return authorities;
    }

    private static string? BadFile(string file, Func<int> count)
    {
        try
        {
            return string.IsNullOrEmpty(file) || count() > 0 ? null : $"{file} holds none.";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException)
        {
            return $"{file} cannot be used: {unreadable.Message}";
        }
    }
}

/// <summary>Which attribute of an entry says what; an empty name is not read.</summary>
internal sealed class DirectoryAttributes
{
    public string UserName { get; set; } = "sAMAccountName";

    public string DisplayName { get; set; } = "displayName";

    public string GivenName { get; set; } = "givenName";

    public string FamilyName { get; set; } = "sn";

    public string Email { get; set; } = "mail";

    public string Telephone { get; set; } = "telephoneNumber";

    public string Mobile { get; set; } = "mobile";

    public string Title { get; set; } = "title";

    public string EmployeeNumber { get; set; } = "employeeID";

    public string Department { get; set; } = "department";

    public string Manager { get; set; } = "manager";

    public string GroupName { get; set; } = "sAMAccountName";

    public IReadOnlyList<(string Field, string Attribute)> Pairs =>
    [
        (nameof(UserName), UserName), (nameof(DisplayName), DisplayName), (nameof(GivenName), GivenName), (nameof(FamilyName), FamilyName), (nameof(Email), Email),
        (nameof(Telephone), Telephone), (nameof(Mobile), Mobile), (nameof(Title), Title), (nameof(EmployeeNumber), EmployeeNumber),
        (nameof(Department), Department), (nameof(Manager), Manager), (nameof(GroupName), GroupName),
    ];
}
