using System.Net;

namespace AccessGov.IdentityFederation.Sessions;

/// <summary>The settings of the section IdentityFederation:Sessions: how long sessions last.</summary>
internal sealed class SessionLimits
{
    public const string Section = "IdentityFederation:Sessions";

    /// <summary>The hospital's networks (CIDR). Whoever is in none of them comes from outside.</summary>
    public IReadOnlyList<string> InsideNetworks { get; set; } = [];

    /// <summary>For whoever is inside.</summary>
    public Limit Inside { get; set; } = new() { Idle = TimeSpan.FromMinutes(30), Absolute = TimeSpan.FromHours(12) };

    /// <summary>For whoever comes from outside.</summary>
    public Limit Outside { get; set; } = new() { Idle = TimeSpan.FromMinutes(15), Absolute = TimeSpan.FromHours(8) };

    /// <summary>For members of groups (by the group's id), wherever they are: the strictest of all that apply counts.</summary>
    public Dictionary<string, Limit> Groups { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Whether the limits make sense; a sentence for whoever set them where they do not.</summary>
    public string? Fault =>
        InsideNetworks.FirstOrDefault(network => !IPNetwork.TryParse(network, out _)) is { } bad
            ? $"{Section}:InsideNetworks holds {bad}, which is not a network such as 10.0.0.0/8."
            : Groups.Values.Append(Inside).Append(Outside).Any(limit => !limit.IsSensible)
                ? $"Each limit of {Section} is an Idle of a minute to a day, and an Absolute that is not shorter and at most 30 days."
                : null;

    /// <summary>Whether an address is in one of the hospital's networks.</summary>
    internal bool IsInside(IPAddress address)
    {
        IPAddress one = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return InsideNetworks.Any(network => IPNetwork.Parse(network).Contains(one));
    }

    /// <summary>Whether a request comes from one of the hospital's networks, as far as that can be known.</summary>
    public bool IsInside(HttpContext http) =>
        !TrustedProxies.IsSpokenForByAnybody(http) && IsInside(http.Connection.RemoteIpAddress ?? IPAddress.None);

    /// <summary>How long a session of somebody lasts that begins now.</summary>
    /// <param name="inside">Whether they are in one of the hospital's networks.</param>
    /// <param name="groups">The groups that they are in.</param>
    /// <param name="now">The time.</param>
    public SessionBounds BoundsOf(bool inside, IEnumerable<string> groups, DateTimeOffset now)
    {
        Limit[] all = [inside ? Inside : Outside, .. groups.Where(Groups.ContainsKey).Select(group => Groups[group])];
        return new SessionBounds(all.Min(limit => limit.Idle), now + all.Min(limit => limit.Absolute));
    }

    /// <summary>A limit of sessions.</summary>
    public sealed class Limit
    {
        /// <summary>How long nothing may happen.</summary>
        public TimeSpan Idle { get; set; }

        /// <summary>How long a session lasts whatever happens.</summary>
        public TimeSpan Absolute { get; set; }

        /// <summary>Whether both are within reason.</summary>
        public bool IsSensible =>
            Idle >= TimeSpan.FromMinutes(1) && Idle <= TimeSpan.FromDays(1) && Absolute >= Idle && Absolute <= TimeSpan.FromDays(30);
    }
}
