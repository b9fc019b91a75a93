using System.Security.Cryptography;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// Browsers in which somebody has signed in before. It opens nothing; it only keeps the failures of others, who guess from the same network, from being
/// counted against this person.
/// </summary>
internal sealed class KnownDevices(SealedCookies cookies)
{
    private const string Name = "device";
    private const int PeopleMax = 10;
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(180);

    private sealed record Device(string Id, IReadOnlyList<string> People);

    /// <summary>The device, where this person has signed in on it.</summary>
    public string? Of(HttpContext http, string person) =>
        cookies.Read<Device>(http, Name) is { } device && device.People.Contains(person, StringComparer.Ordinal) ? device.Id : null;

    /// <summary>This person has signed in on it.</summary>
    public void Remember(HttpContext http, string person)
    {
        Device device = cookies.Read<Device>(http, Name) ?? new Device(RandomNumberGenerator.GetHexString(32, lowercase: true), []);
        cookies.Write(
            http, Name, device with { People = [person, .. device.People.Where(known => known != person).Take(PeopleMax - 1)] }, Lasts, stays: true);
    }
}
