namespace AccessGov.IdentityFederation.SignIn;

/// <summary>What is logged of signing in. Ids only: what somebody types as their name may be their password.</summary>
internal static partial class Log
{
    public const string Unknown = "unknown";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in failed: {Factor} of {Person} from {Network}")]
    public static partial void Failed(ILogger logger, string factor, string person, string network);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in held back: too many failures of {Person} from {Network}")]
    public static partial void HeldBack(ILogger logger, string person, string network);

    [LoggerMessage(Level = LogLevel.Information, Message = "Signed in: {Person} with {Context}")]
    public static partial void SignedIn(ILogger logger, string person, string context);
}
