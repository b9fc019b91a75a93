namespace AccessGov.IdentityFederation.Federation.Saml;

/// <summary>What is logged: the provider and the code, and nothing of what was sent.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A SAML message of {Provider} is refused: {Code}")]
    public static partial void Refused(ILogger logger, string provider, string code);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Provider} has ended {Count} sessions")]
    public static partial void Ended(ILogger logger, string provider, int count);
}
