using System.DirectoryServices.Protocols;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AccessGov.IdentityFederation.Directories;

/// <summary>Reads a directory server by LDAP version 3 over TLS. Referrals are not followed: they would lead to servers that nobody named.</summary>
internal sealed class LdapDirectorySource : IDirectorySource, IDisposable
{
    // Made when a directory is first read: most services have none.
    private readonly Lazy<string> trusted = new(() => Directory.CreateTempSubdirectory("accessgov-directories-").FullName);

    public Task<IReadOnlyList<DirectoryEntry>> ReadAsync(DirectoryOptions directory, DirectoryQuery query, CancellationToken cancellation) =>
        Task.Factory.StartNew(IReadOnlyList<DirectoryEntry> () => Read(directory, query, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        if (trusted.IsValueCreated)
        {
            Directory.Delete(trusted.Value, recursive: true);
        }
    }

    private List<DirectoryEntry> Read(DirectoryOptions directory, DirectoryQuery query, CancellationToken cancellation)
    {
        LdapLibrary.Use();
        try
        {
            using LdapConnection connection = Connect(directory);
            return Search(connection, directory, query, cancellation);
        }
        catch (LdapException failed)
        {
            throw Explain(directory, failed.ErrorCode, failed);
        }
        catch (DirectoryOperationException refused)
        {
            throw Explain(directory, (int?)refused.Response?.ResultCode ?? -1, refused);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DirectoryUnavailableException("directory_files_unreadable", "The password file or the file of authorities cannot be read, or is empty.", unreadable);
        }
    }

    private LdapConnection Connect(DirectoryOptions directory)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new DirectoryUnavailableException("directory_library_unfit", "Directories are read on Linux, whose LDAP library takes the authorities to trust.");
        }

        var connection = new LdapConnection(new LdapDirectoryIdentifier(directory.Host, directory.PortOrDefault))
        {
            AuthType = AuthType.Basic, Timeout = directory.Timeout, AutoBind = false,
        };
        try
        {
            LdapSessionOptions session = connection.SessionOptions;
            session.ProtocolVersion = 3;
            session.ReferralChasing = ReferralChasingOptions.None;
            session.TrustedCertificatesDirectory = TrustedFor(directory);
            session.StartNewTlsSessionContext();
            if (directory.Security == DirectorySecurity.Ldaps)
            {
                session.SecureSocketLayer = true;
            }
            else
            {
                // The library connects with the first request only, and does not with this one: what everybody may read is asked for without a name before.
                connection.SendRequest(new SearchRequest("", "(objectClass=*)", SearchScope.Base, "supportedLDAPVersion"), directory.Timeout);
                session.StartTransportLayerSecurity(null);
            }

            connection.Bind(new NetworkCredential(directory.BindDn, directory.ReadPassword()));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A folder with the directory's authorities and nothing else: the library takes folders only, and trusts all that is in one.</summary>
    private string TrustedFor(DirectoryOptions directory)
    {
        string pem = File.ReadAllText(directory.CaFile);
        string folder = Path.Combine(trusted.Value, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(pem))));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), pem);
        return folder;
    }

    private static List<DirectoryEntry> Search(LdapConnection connection, DirectoryOptions directory, DirectoryQuery query, CancellationToken cancellation)
    {
        string[] wanted = query.Kind == DirectoryEntryKind.User
            ? [.. DirectoryPerson.Always, .. directory.Attributes.Pairs.Select(pair => pair.Attribute).Where(attribute => attribute.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)]
            : ["objectGUID", "whenChanged", directory.Attributes.GroupName, MemberRange.First(directory.MemberRange)];
        var entries = new Dictionary<Guid, DirectoryEntry>();
        foreach (string baseDn in directory.BaseDns)
        {
            var page = new PageResultRequestControl(directory.PageSize) { IsCritical = true };
            var request = new SearchRequest(baseDn, DirectoryFilter.Of(directory, query), SearchScope.Subtree, wanted) { Controls = { page } };
            do
            {
                cancellation.ThrowIfCancellationRequested();
                SearchResponse response = Send(connection, directory, request);
                foreach (SearchResultEntry found in response.Entries)
                {
                    DirectoryEntry entry = EntryOf(connection, directory, found);
                    entries[entry.ObjectGuid] = entry;
                }

                page.Cookie = response.Controls.OfType<PageResultResponseControl>().SingleOrDefault()?.Cookie
                    ?? throw new DirectoryUnavailableException("directory_read_failed", "The server does not give its answer in pages.");
            }
            while (page.Cookie.Length > 0);
        }

        return [.. entries.Values];
    }

    private static SearchResponse Send(LdapConnection connection, DirectoryOptions directory, SearchRequest request)
    {
        var response = (SearchResponse)connection.SendRequest(request, directory.Timeout);
        return response.ResultCode == ResultCode.Success ? response : throw new DirectoryOperationException(response);
    }

    private static DirectoryEntry EntryOf(LdapConnection connection, DirectoryOptions directory, SearchResultEntry found)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (DirectoryAttribute attribute in found.Attributes.Values)
        {
            if (attribute.Count > 0 && MemberRange.Of(attribute.Name) is { } range)
            {
                values["member"] = MembersOf(connection, directory, found.DistinguishedName, range, [.. Texts(attribute)]);
            }
            else if (!attribute.Name.Equals("objectGUID", StringComparison.OrdinalIgnoreCase) && attribute.Count > 0 && !values.ContainsKey(attribute.Name))
            {
                values[attribute.Name] = [.. Texts(attribute)];
            }
        }

        byte[] guid = found.Attributes["objectGUID"]?.GetValues(typeof(byte[])) is [byte[] { Length: 16 } bytes, ..]
            ? bytes
            : throw new DirectoryUnavailableException("directory_read_failed", "An entry has no objectGUID: who reads must have the right to read it.");
        DateTimeOffset changed = DirectoryFilter.TimeOf(values.GetValueOrDefault("whenChanged") is [var time, ..] ? time : null) ?? DateTimeOffset.MinValue;
        return new DirectoryEntry(found.DistinguishedName, new Guid(guid), changed, values);
    }

    private static List<string> MembersOf(LdapConnection connection, DirectoryOptions directory, string group, MemberRange range, List<string> members)
    {
        while (range.Next is { } next)
        {
            var request = new SearchRequest(group, "(objectClass=*)", SearchScope.Base, MemberRange.From(next, directory.MemberRange));
            DirectoryAttribute? more = Send(connection, directory, request).Entries.Cast<SearchResultEntry>().SingleOrDefault()
                ?.Attributes.Values.Cast<DirectoryAttribute>().FirstOrDefault(attribute => MemberRange.Of(attribute.Name) is not null);
            if (more is null || MemberRange.Of(more.Name) is not { } following || (following.Next is { } after && after <= next))
            {
                throw new DirectoryUnavailableException("directory_read_failed", "The members of a group could not be read to their end.");
            }

            members.AddRange(Texts(more));
            range = following;
        }

        return members;
    }

    private static IEnumerable<string> Texts(DirectoryAttribute attribute) => attribute.GetValues(typeof(string)).Cast<string>();

    internal static DirectoryUnavailableException Explain(DirectoryOptions directory, int code, Exception cause) => code switch
    {
        49 => new("directory_password_refused", "The directory refuses the name or the password of who reads.", cause),
        81 or 85 or -1 or -11 or 91 when Answers(directory) => new(
            "directory_connection_failed", "The server answers, but not over TLS with a certificate of the given authorities for the given name, or it ended the connection.", cause),
        81 or 85 or -1 or -11 or 91 => new("directory_unreachable", "The server cannot be reached.", cause),
        87 => new("directory_filter_malformed", "The user filter or the group filter is no LDAP filter.", cause),
        _ => new("directory_read_failed", $"The directory answered the LDAP result code {code}.", cause),
    };

    // The library says the same of a server that is away and of a certificate that it refuses.
    private static bool Answers(DirectoryOptions directory)
    {
        try
        {
            using var socket = new TcpClient();
            return socket.ConnectAsync(directory.Host, directory.PortOrDefault).Wait(TimeSpan.FromSeconds(3));
        }
        catch (AggregateException)
        {
            return false;
        }
    }
}
