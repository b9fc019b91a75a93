namespace AccessGov.IdentityFederation.SignIn.Pages;

/// <summary>What pages tell when something is done. The address names it, so that no text comes from an address.</summary>
internal static class Notices
{
    public static string? Of(string? done) => done switch
    {
        "out" => "You are signed out.",
        "password" => "Your password is set.",
        "app" => "Your authenticator app is set up.",
        "passkey" => "Your passkey is registered.",
        "removed" => "It is removed.",
        "session" => "The session is ended.",
        "enrolled" => "You are set up. Sign in now.",
        _ => null,
    };
}
