namespace AccessGov.Console;

/// <summary>How the console's cookies are protected.</summary>
internal static class ProtectedCookie
{
    /// <summary>
    /// Names a cookie that no script sees. Where people reach the console by TLS no neighbour and no one on the way sets or sees it,
    /// either: browsers hold the prefix __Host- against what a cookie says.
    /// </summary>
    public static void Name(CookieBuilder cookie, string name, ConsoleOptions console)
    {
        bool secure = console.PublicUrl!.Scheme == Uri.UriSchemeHttps;
        cookie.Name = secure ? $"__Host-{name}" : name;
        cookie.Path = "/";
        cookie.HttpOnly = true;

        // IdentityFederation leads back by a link, and a denial in a viewer leads here by one.
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = secure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookie.IsEssential = true;
    }
}
