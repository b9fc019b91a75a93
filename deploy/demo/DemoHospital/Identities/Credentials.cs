using System.Security.Cryptography;
using System.Text.Json;

namespace AccessGov.DemoHospital.Identities;

/// <summary>What somebody of the demo signs in with: random, and kept in a file that its owner alone reads.</summary>
/// <param name="UserName">Their user name.</param>
/// <param name="Password">Their password.</param>
/// <param name="AuthenticatorKey">The key of their authenticator app (RFC 6238), in Base32; null without one.</param>
internal sealed record Credentials(string UserName, string Password, string? AuthenticatorKey = null)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Indented = new(Json.Options) { WriteIndented = true };

    public static Credentials New(string userName) => new(userName, RandomNumberGenerator.GetHexString(24, lowercase: true));

    public static Dictionary<string, Credentials> ReadAll(Configuration configuration) => File.Exists(configuration.PeopleFile)
        ? JsonSerializer.Deserialize<Dictionary<string, Credentials>>(File.ReadAllText(configuration.PeopleFile), Json.Options)!
        : new(StringComparer.Ordinal);

    public static Credentials Of(Configuration configuration, string person) => ReadAll(configuration).TryGetValue(person, out Credentials? known)
        ? known
        : throw new DemoException($"{configuration.PeopleFile} does not know what {person} signs in with: enrol them first.");

    public static async Task WriteAllAsync(Configuration configuration, IReadOnlyDictionary<string, Credentials> people)
    {
        string written = configuration.PeopleFile + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        await using (var file = new FileStream(written, options))
        {
            await JsonSerializer.SerializeAsync(file, people, Indented);
        }

        File.Move(written, configuration.PeopleFile, overwrite: true);
    }
}
