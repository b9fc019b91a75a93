namespace AccessGov.Cli;

/// <summary>What every command ends with.</summary>
internal static class ExitCode
{
    /// <summary>Done, and nothing to complain about.</summary>
    public const int Good = 0;

    /// <summary>Done, and something was found: an error in a policy, a failed case, a difference.</summary>
    public const int Found = 1;

    /// <summary>Not done: the command line or an input cannot be used.</summary>
    public const int Unusable = 2;
}
