namespace AccessGov.IdentityFederation.Federation;

/// <summary>What is logged of identity providers. No claims, and nothing that was sent by a browser.</summary>
internal static partial class FederationLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in through {Provider} refused: {Code}")]
    public static partial void Refused(ILogger logger, string provider, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in through {Provider} refused: {Code} ({Fault})")]
    public static partial void RefusedBecause(ILogger logger, string provider, string code, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The identity provider {Provider} does not answer: {Fault}")]
    public static partial void Unavailable(ILogger logger, string provider, string fault);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Nobody signs in through {Provider}: the file with our secret or key for it cannot be used: {Fault}")]
    public static partial void SecretUnreadable(ILogger logger, string provider, string fault);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "The settings of the identity provider {Provider} name the group {Group}, which its organisation does not have")]
    public static partial void GroupMissing(ILogger logger, string provider, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A logout token for {Provider} was refused: {Fault}")]
    public static partial void LogoutRefused(ILogger logger, string provider, string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Provider} signed out {Count} sessions")]
    public static partial void SignedOut(ILogger logger, string provider, int count);
}
