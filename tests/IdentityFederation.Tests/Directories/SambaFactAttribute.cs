namespace AccessGov.IdentityFederation.Tests.Directories;

/// <summary>
/// A test with a domain controller: Samba runs one as root only. deploy/test requires it: what CI does not run, it must not call green.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SambaFactAttribute : FactAttribute
{
    public const string Missing =
        "Samba's domain controller runs as root only: run the tests as root, for example sudo deploy/test tests/IdentityFederation.Tests.";

    public SambaFactAttribute() => Skip = ReasonToSkip(Environment.UserName, Environment.GetEnvironmentVariable("ACCESSGOV_SAMBA"))!;

    public static string? ReasonToSkip(string user, string? mode) => user == "root" || mode == "required" ? null : Missing;
}
