namespace AccessGov.ArchiveRequests;

/// <summary>Which proxy asks, and so where it says what was asked.</summary>
public enum ForwardingProxy
{
    /// <summary>nginx auth_request with X-Original-URI and X-Original-Method.</summary>
    Nginx,

    /// <summary>Traefik ForwardAuth with X-Forwarded-Uri and X-Forwarded-Method.</summary>
    Traefik,

    /// <summary>Envoy's HTTP ext_authz: the original method, and the original target behind the path prefix /forward-auth.</summary>
    Envoy,
}
