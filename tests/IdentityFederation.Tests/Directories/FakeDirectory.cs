using System.Collections.Concurrent;
using System.Globalization;
using AccessGov.IdentityFederation.Directories;
using AccessGov.Testing;

namespace AccessGov.IdentityFederation.Tests.Directories;

/// <summary>A directory that a test makes up: it answers as a server does, or fails.</summary>
internal sealed class FakeDirectory : IDirectorySource
{
    public ConcurrentDictionary<string, DirectoryEntry> Users { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, DirectoryEntry> Groups { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<DirectoryQuery> Queries { get; } = new();

    public DirectoryUnavailableException? Failure { get; set; }

    public void Put(DirectoryEntry user) => Users[user.DistinguishedName] = user;

    public Task<IReadOnlyList<DirectoryEntry>> ReadAsync(DirectoryOptions directory, DirectoryQuery query, CancellationToken cancellation)
    {
        Queries.Enqueue(query);
        if (Failure is { } failure)
        {
            throw failure;
        }

        IReadOnlyList<DirectoryEntry> all = [.. (query.Kind == DirectoryEntryKind.User ? Users : Groups).Values];
        return Task.FromResult<IReadOnlyList<DirectoryEntry>>([.. all.Where(entry => query.ChangedSince is null || entry.WhenChanged >= query.ChangedSince || Expired(entry, query))]);
    }

    // Beside the tests themselves: read by all of them, and nothing to remove.
    private static readonly Lazy<string> Files = new(() =>
    {
        string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "fake-directory")).FullName;
        TestAuthority.Write(folder);
        File.WriteAllText(Path.Combine(folder, "password"), "unused");
        return folder;
    });

    /// <summary>Settings of a directory that nobody asks: where it would be does not matter.</summary>
    public static Dictionary<string, string?> Settings(params (string Name, string? Value)[] more)
    {
        string folder = Files.Value;
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Host"] = "directory.test", ["CaFile"] = Path.Combine(folder, "ca.pem"), ["BindDn"] = "CN=reader,DC=x", ["PasswordFile"] = Path.Combine(folder, "password"), ["BaseDns:0"] = "DC=x",
            ["Organisation"] = "hospital", ["Interval"] = "1.00:00:00",
        };
        more.ToList().ForEach(setting => settings[setting.Name] = setting.Value);
        return settings.ToDictionary(setting => $"IdentityFederation:Directories:ad:{setting.Key}", setting => setting.Value, StringComparer.Ordinal);
    }

    public static DirectoryEntry User(string name, params (string Attribute, string? Value)[] more)
    {
        var attributes = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase) { ["sAMAccountName"] = [name], ["userAccountControl"] = ["512"] };
        foreach ((string attribute, string? value) in more)
        {
            attributes[attribute] = value is null ? [] : [value];
        }

        return new DirectoryEntry($"CN={name},DC=x", Guid.NewGuid(), Spec.Now, attributes);
    }

    public static DirectoryEntry Group(string name, params string[] members) => new(
        $"CN={name},DC=x", Guid.NewGuid(), Spec.Now,
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase) { ["sAMAccountName"] = [name], ["member"] = [.. members.Select(member => $"CN={member},DC=x")] });

    private static bool Expired(DirectoryEntry entry, DirectoryQuery query) =>
        query.ExpiredSince is { } since && long.TryParse(entry.First("accountExpires"), NumberStyles.None, CultureInfo.InvariantCulture, out long at)
        && at >= since.ToFileTime() && at <= query.Now.ToFileTime();
}
