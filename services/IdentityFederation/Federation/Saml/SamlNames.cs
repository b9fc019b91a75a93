namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>The names that the standards give: SAML 2.0, XML Signature, XML Encryption.</summary>
internal static class SamlNames
{
    public const string Assertion = "urn:oasis:names:tc:SAML:2.0:assertion";
    public const string Protocol = "urn:oasis:names:tc:SAML:2.0:protocol";
    public const string Metadata = "urn:oasis:names:tc:SAML:2.0:metadata";
    public const string Signature = "http://www.w3.org/2000/09/xmldsig#";
    public const string Encryption = "http://www.w3.org/2001/04/xmlenc#";
    public const string Encryption11 = "http://www.w3.org/2009/xmlenc11#";

    public const string ExclusiveCanonicalization = "http://www.w3.org/2001/10/xml-exc-c14n#";
    public const string EnvelopedSignature = Signature + "enveloped-signature";

    public const string PostBinding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
    public const string RedirectBinding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
    public const string Bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

    public const string PersistentNameId = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    public const string TransientNameId = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    public const string UnspecifiedNameId = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
    public const string EntityNameId = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";

    /// <summary>The attribute in which AD FS and Entra ID say how somebody has signed in.</summary>
    public const string MicrosoftMethods = "http://schemas.microsoft.com/claims/authnmethodsreferences";

    public const string Success = Status + "Success";
    public const string Status = "urn:oasis:names:tc:SAML:2.0:status:";

    /// <summary>
    /// The short name of a namespace, with which the order of children is told; what is of none of them has no short name.
    /// </summary>
    public static string ShortOf(string name) => name switch
    {
        Assertion => "saml",
        Protocol => "samlp",
        Signature => "ds",
        Encryption => "xenc",
        Encryption11 => "xenc11",
        Metadata => "md",
        _ => "?",
    };
}
