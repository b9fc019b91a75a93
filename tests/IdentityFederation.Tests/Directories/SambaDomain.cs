using System.Diagnostics;
using System.DirectoryServices.Protocols;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AccessGov.IdentityFederation.Directories;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.Directories;

/// <summary>
/// Samba's Active Directory domain controller, with LDAP only. Its ports are fixed, so it gets a loopback address of its own; all of its
/// files are in a temporary folder, which goes with it.
/// </summary>
public sealed class SambaDomain : IAsyncLifetime
{
    public const string BaseDn = "DC=hospital,DC=test";
    public const string Staff = "OU=Staff,DC=hospital,DC=test";
    public const string ReaderDn = $"CN=reader,CN=Users,{BaseDn}";

    // LDAP_SERVER_DOWN of the LDAP library.
    private const int ServerDown = 81;
    private const int ConnectionsMax = 5;

    private readonly string home = Directory.CreateTempSubdirectory("accessgov-samba-").FullName;
    private readonly string password = $"Aa1-{RandomNumberGenerator.GetHexString(24)}";
    private Process? server;

    public string Address { get; } = FreeAddress();

    public string CaFile => Path.Combine(home, "ca", "ca.pem");

    public string PasswordFile => Path.Combine(home, "reader");

    public async Task InitializeAsync()
    {
        if (Environment.UserName != "root")
        {
            throw new InvalidOperationException(SambaFactAttribute.Missing);
        }

        new[] { "ca", "private", "state", "cache", "lock", "pid", "ncalrpc" }.ToList().ForEach(folder => Directory.CreateDirectory(Path.Combine(home, folder)));
        TestAuthority.Write(Path.Combine(home, "ca"), home, Address);
        string settings = Path.Combine(home, "base.conf");
        await File.WriteAllTextAsync(settings, $"""
            [global]
            netbios name = DC
            realm = HOSPITAL.TEST
            workgroup = HOSPITAL
            server role = active directory domain controller
            server services = ldap
            interfaces = {Address}/8
            bind interfaces only = yes
            disable netbios = yes
            private dir = {home}/private
            state directory = {home}/state
            cache directory = {home}/cache
            lock directory = {home}/lock
            pid directory = {home}/pid
            ncalrpc dir = {home}/ncalrpc
            winbindd socket directory = {home}/winbindd
            ntp signd socket directory = {home}/ntp
            log file = {home}/log
            logging = file
            tls keyfile = {home}/key.pem
            tls certfile = {home}/certificate.pem
            tls cafile = {home}/ca/ca.pem
            """);
        using (Process provision = Start("samba-tool",
            "domain", "provision", "-s", settings, $"--targetdir={home}", "--realm=HOSPITAL.TEST", "--domain=HOSPITAL", "--server-role=dc", "--dns-backend=NONE",
            $"--adminpass={password}", "--host-name=dc", $"--host-ip={Address}", "--option=vfs objects="))
        {
            string said = await provision.StandardError.ReadToEndAsync();
            await provision.WaitForExitAsync();
            provision.ExitCode.ShouldBe(0, said);
        }

        await StartAsync();
        await File.WriteAllTextAsync(PasswordFile, password + "\n");
        Do(
            new AddRequest(Staff, "organizationalUnit"),
            new AddRequest(ReaderDn, new DirectoryAttribute("objectClass", "user"), new("sAMAccountName", "reader"), new("userAccountControl", "512"),
                new("unicodePwd", Encoding.Unicode.GetBytes($"\"{password}\""))));
    }

    public async Task DisposeAsync()
    {
        Kill();
        if (Directory.Exists(home))
        {
            Directory.Delete(home, recursive: true);
        }

        await Task.CompletedTask;
    }

    public async Task StartAsync()
    {
        server = Start("samba", "-s", Path.Combine(home, "etc", "smb.conf"), "-M", "single", "--interactive", "--no-process-group");
        server.ErrorDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        ProcessGuard.EndWithThisProcess(server, "");
        await Eventually.HoldsAsync(
            async () =>
            {
                server.HasExited.ShouldBeFalse("samba ended");
                try
                {
                    using var socket = new TcpClient();
                    await socket.ConnectAsync(Address, 636);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            }, "the domain controller listens");
    }

    public void Kill()
    {
        if (server is { HasExited: false })
        {
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
        }
    }

    /// <summary>Settings of a directory that reads this domain.</summary>
    public Dictionary<string, string?> Settings(params (string Name, string? Value)[] more)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Host"] = Address, ["CaFile"] = CaFile, ["BindDn"] = ReaderDn, ["PasswordFile"] = PasswordFile, ["BaseDns:0"] = Staff, ["Organisation"] = "hospital",
            ["Interval"] = "00:00:05",
        };
        more.ToList().ForEach(setting => settings[setting.Name] = setting.Value);
        return settings.ToDictionary(setting => $"IdentityFederation:Directories:ad:{setting.Key}", setting => setting.Value, StringComparer.Ordinal);
    }

    /// <summary>Changes the domain as its administrator.</summary>
    public void Do(params System.DirectoryServices.Protocols.DirectoryRequest[] requests)
    {
        LdapLibrary.Use();
        int done = 0;
        for (int connections = 0; done < requests.Length; connections++)
        {
            try
            {
                Do(requests, ref done, mayBeDone: connections > 0);
            }
            catch (LdapException lost) when (lost.ErrorCode == ServerDown && connections < ConnectionsMax)
            {
                // On a machine that has no time for it the server drops a connection; what was asked last may be done.
            }
        }
    }

    private void Do(System.DirectoryServices.Protocols.DirectoryRequest[] requests, ref int done, bool mayBeDone)
    {
        using var connection = new LdapConnection(new LdapDirectoryIdentifier(Address, 636)) { AuthType = AuthType.Basic };
        connection.SessionOptions.ProtocolVersion = 3;
        connection.SessionOptions.TrustedCertificatesDirectory = Path.GetDirectoryName(CaFile)!;
        connection.SessionOptions.StartNewTlsSessionContext();
        connection.SessionOptions.SecureSocketLayer = true;
        connection.Bind(new NetworkCredential($"CN=Administrator,CN=Users,{BaseDn}", password));
        for (; done < requests.Length; done++, mayBeDone = false)
        {
            try
            {
                connection.SendRequest(requests[done]);
            }
            catch (DirectoryOperationException repeated)
                when (mayBeDone && repeated.Response?.ResultCode is ResultCode.EntryAlreadyExists or ResultCode.NoSuchObject)
            {
                // It was done before the connection was lost.
            }
        }
    }

    public static string Dn(string name) => $"CN={name},{Staff}";

    public static AddRequest User(string name, params (string Attribute, string Value)[] more) => new(
        Dn(name),
        [
            new DirectoryAttribute("objectClass", "user"), new DirectoryAttribute("sAMAccountName", name), new DirectoryAttribute("userAccountControl", "544"),
            .. more.Select(pair => new DirectoryAttribute(pair.Attribute, pair.Value)),
        ]);

    public static ModifyRequest Set(string name, string attribute, params object[] values) => new(Dn(name), DirectoryAttributeOperation.Replace, attribute, values);

    private static Process Start(string file, params string[] arguments) => Process.Start(new ProcessStartInfo(file, arguments)
    {
        UseShellExecute = false, RedirectStandardError = true, RedirectStandardInput = true,
        RedirectStandardOutput = false,
        WorkingDirectory = "/",
    }) ?? throw new InvalidOperationException($"{file} did not start.");

    /// <summary>An address of the loopback network at which nobody listens.</summary>
    private static string FreeAddress()
    {
        while (true)
        {
            string address = string.Create(CultureInfo.InvariantCulture, $"127.{Random.Shared.Next(2, 250)}.{Random.Shared.Next(1, 250)}.{Random.Shared.Next(2, 250)}");
            try
            {
                using var listener = new TcpListener(IPAddress.Parse(address), 636);
                listener.Start();
                return address;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
            catch (SocketException)
            {
                // Not root: nothing will listen there.
                return address;
            }
        }
    }
}
