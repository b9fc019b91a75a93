using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccessGov.IdentityFederation.Sessions;

namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>The settings of an identity provider that speaks SAML 2.0: IdentityFederation:IdentityProviders:{name}:Saml.</summary>
internal sealed class SamlOptions : IValidatableObject
{
    /// <summary>Who the provider is: its entity id, a URI, exactly as it writes it.</summary>
    [Required]
    public string EntityId { get; set; } = "";

    /// <summary>Where people are sent to sign in (HTTP-Redirect), unless its metadata says it.</summary>
    public Uri? SignInUrl { get; set; }

    /// <summary>Where the answer to its request to sign somebody out is sent (HTTP-Redirect), unless its metadata says it.</summary>
    public Uri? SignOutUrl { get; set; }

    /// <summary>
    /// Files with the certificates (PEM) of the keys that it signs with: the present one, and the next one before a change.
    /// </summary>
    public IReadOnlyList<string> Certificates { get; set; } = [];

    /// <summary>Where its metadata is; read again every <see cref="MetadataEvery"/>.</summary>
    public Uri? MetadataUrl { get; set; }

    /// <summary>A file with its metadata; read again every <see cref="MetadataEvery"/>.</summary>
    public string? MetadataFile { get; set; }

    /// <summary>Files with the certificates (PEM) of whoever signs the metadata; it need not be signed unless given.</summary>
    public IReadOnlyList<string> MetadataCertificates { get; set; } = [];

    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan MetadataEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A file with our private key and its certificate (PEM), to sign requests with.</summary>
    public string? KeyFile { get; set; }

    /// <summary>
    /// Files with our private keys (RSA) and their certificates (PEM) that assertions are encrypted for; the first one is published.
    /// </summary>
    public IReadOnlyList<string> DecryptionKeyFiles { get; set; } = [];

    /// <summary>Whether requests are signed.</summary>
    public bool SignRequests { get; set; }

    /// <summary>Whether an assertion that is not encrypted is refused.</summary>
    public bool WantAssertionsEncrypted { get; set; }

    /// <summary>Whether AES-CBC will do, in a signed response.</summary>
    public bool AllowCbc { get; set; }

    /// <summary>Whether people may begin at the provider. Then somebody else's page can sign a person in as another one.</summary>
    public bool AllowUnsolicited { get; set; }

    /// <summary>The format of the name that is the subject.</summary>
    [Required]
    public string NameIdFormat { get; set; } = SamlNames.PersistentNameId;

    /// <summary>The attribute that is the subject, where it is not the NameID.</summary>
    public string? SubjectAttribute { get; set; }

    /// <summary>Which classes of authentication context are asked for.</summary>
    public IReadOnlyList<ContextAsked> ContextsAsked { get; set; } = [];

    /// <summary>How much its clock and ours may differ.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(2);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Identifiers.IsForeign(EntityId) || !Uri.IsWellFormedUriString(EntityId, UriKind.Absolute))
        {
            yield return Fault(nameof(EntityId), "The provider's entity id, a URI of at most 200 characters.");
        }

        bool byMetadata = MetadataUrl is not null || MetadataFile is not null;
        if ((MetadataUrl is not null && MetadataFile is not null) || (byMetadata == (SignInUrl is not null && Certificates.Count > 0)))
        {
            yield return Fault(nameof(MetadataUrl), "Give MetadataUrl, or MetadataFile, or SignInUrl with Certificates: one of the three.");
        }

        foreach ((string name, Uri? address) in new[]
            { (nameof(SignInUrl), SignInUrl), (nameof(SignOutUrl), SignOutUrl), (nameof(MetadataUrl), MetadataUrl) })
        {
            if (address is not null && !IsSafe(address))
            {
                yield return Fault(name, "An https URL without a fragment; http only on this machine.");
            }
        }

        if (NameIdFormat == SamlNames.TransientNameId && SubjectAttribute is null)
        {
            yield return Fault(nameof(SubjectAttribute), "A transient name changes with each sign-in: say which attribute is the subject.");
        }

        if (SignRequests && KeyFile is null)
        {
            yield return Fault(nameof(KeyFile), "Requests are signed with a key: give its file, or leave SignRequests out.");
        }

        if (WantAssertionsEncrypted && DecryptionKeyFiles.Count == 0)
        {
            yield return Fault(nameof(DecryptionKeyFiles),
                "Assertions are encrypted for a key: give its file, or leave WantAssertionsEncrypted out.");
        }

        if (ContextsAsked.Any(asked => asked.Ask.Count == 0 || (asked.When is { } when && AuthenticationContexts.StrengthOf(when) == 0)))
        {
            yield return Fault(nameof(ContextsAsked), "Each has an Ask, and a When that is one of our contexts, or none.");
        }

        foreach (ValidationResult fault in Files())
        {
            yield return fault;
        }
    }

    /// <summary>https, or http on this very machine.</summary>
    public static bool IsSafe(Uri address) =>
        address.IsAbsoluteUri && address.Fragment.Length == 0
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private IEnumerable<ValidationResult> Files()
    {
        foreach ((string name, string file, Action read) in new[]
            {
                (nameof(Certificates), Certificates, (Action<string>)(file => SamlKeys.Certificates(file))),
                (nameof(MetadataCertificates), MetadataCertificates, file => SamlKeys.Certificates(file)),
                (nameof(KeyFile), KeyFile is null ? [] : [KeyFile], file => SamlKeys.Own(file).Dispose()),
                (nameof(DecryptionKeyFiles), DecryptionKeyFiles, file => SamlKeys.OwnRsa(file).Dispose()),
            }.SelectMany(kind => kind.Item2.Select(file => (kind.Item1, file, (Action)(() => kind.Item3(file))))))
        {
            string? fault = null;
            try
            {
                read();
            }
            catch (Exception unreadable) when (SamlKeys.IsUnreadable(unreadable))
            {
                fault = $"{file} cannot be used: {unreadable.Message}";
            }

            if (fault is not null)
            {
                yield return Fault(name, fault);
            }
        }
    }

    private static ValidationResult Fault(string member, string sentence) => new(sentence, [member]);

    /// <summary>Classes of authentication context that are asked of the provider.</summary>
    internal sealed class ContextAsked
    {
        /// <summary>One of our contexts: when it, or a weaker one, is needed. Always, unless given.</summary>
        public string? When { get; set; }

        /// <summary>The provider's classes (AuthnContextClassRef) that will do, the best one first.</summary>
        public IReadOnlyList<string> Ask { get; set; } = [];
    }
}
