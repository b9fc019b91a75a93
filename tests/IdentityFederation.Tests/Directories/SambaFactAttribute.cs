namespace AccessGov.IdentityFederation.Tests.Directories;

/// <summary>A test with a domain controller: Samba runs one as root only.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SambaFactAttribute : FactAttribute
{
    public SambaFactAttribute()
    {
        if (Environment.UserName != "root")
        {
            Skip = "Samba's domain controller runs as root only: run the tests as root, for example sudo deploy/test tests/IdentityFederation.Tests.";
        }
    }
}
