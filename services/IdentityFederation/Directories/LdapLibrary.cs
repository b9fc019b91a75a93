using System.DirectoryServices.Protocols;
using System.Runtime.InteropServices;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>
/// The defaults of the LDAP library of this process. Files and variables of the machine (ldap.conf, LDAPTLS_REQCERT) could tell it to trust any certificate, or
/// authorities that nobody named here: what matters is set, whatever they say.
/// </summary>
internal static class LdapLibrary
{
    // In the order in which System.DirectoryServices.Protocols looks for it.
    private static readonly string[] Names = ["libldap.so.2", "libldap-2.6.so.0", "libldap-2.5.so.0", "libldap-2.4.so.2"];

    private const int Timeout = 0x5002, NetworkTimeout = 0x5005, AuthoritiesFile = 0x6002, AuthoritiesFolder = 0x6003, RequireCertificate = 0x6006, ProtocolMin = 0x6007;
    private const int Demand = 2;
    private const int Tls12 = 0x303;

    private static readonly Lazy<bool> Prepared = new(Prepare);

    /// <exception cref="DirectoryUnavailableException">There is no LDAP library, or it does not take what is set.</exception>
    public static void Use() => _ = Prepared.Value;

    private static bool Prepare()
    {
        foreach (string name in Names)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                var set = Marshal.GetDelegateForFunctionPointer<SetOption>(NativeLibrary.GetExport(library, "ldap_set_option"));
                Set(set, RequireCertificate, Demand);
                Set(set, ProtocolMin, Tls12);
                Check(set(0, AuthoritiesFile, 0));
                Check(set(0, AuthoritiesFolder, 0));
                SetTime(set, Timeout);
                SetTime(set, NetworkTimeout);
                return true;
            }
        }

        throw new DirectoryUnavailableException("directory_library_missing", "The LDAP library (libldap) is not installed on this machine.");
    }

    private static void Set(SetOption set, int option, int value)
    {
        nint place = Marshal.AllocHGlobal(sizeof(int));
        Marshal.WriteInt32(place, value);
        int result = set(0, option, place);
        Marshal.FreeHGlobal(place);
        Check(result);
    }

    /// <summary>The longest that connecting and binding may take; searches have the limit of their directory.</summary>
    private static void SetTime(SetOption set, int option)
    {
        nint place = Marshal.AllocHGlobal(2 * sizeof(long));
        Marshal.WriteInt64(place, 10);
        Marshal.WriteInt64(place, sizeof(long), 0);
        int result = set(0, option, place);
        Marshal.FreeHGlobal(place);
        Check(result);
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new DirectoryUnavailableException("directory_library_unfit", "The LDAP library (libldap) of this machine cannot be told to check certificates.", new LdapException(result));
        }
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SetOption(nint connection, int option, nint value);
}
