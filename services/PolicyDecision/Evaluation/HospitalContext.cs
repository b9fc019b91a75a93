using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Evaluation;

/// <summary>The context of a decision as the service computes it; only four members come from the enforcement point.</summary>
internal sealed record HospitalContext(
    DateTimeOffset Now,
    TimeSpan SiteOffset,
    bool WithinWorkingHours,
    IPAddress? SourceIp,
    string? NetworkSite,
    string? Network,
    string? Country,
    ImmutableArray<string> NetworkLists,
    bool HasExplicitGrant,
    string Protocol,
    EnforcementPointContext Enforcement,
    EmergencySession? Emergency = null)
{
    private static readonly EnforcementPointContext NothingAdded = new();

    // Made once where many questions share the context; two threads may both make them, and come to the same.
    private RecordValue? record;
    private byte[]? json;

    private DateTimeOffset AtSite => Now.ToOffset(SiteOffset);

    private int DayOfWeek => AtSite.DayOfWeek == System.DayOfWeek.Sunday ? 7 : (int)AtSite.DayOfWeek;

    public static HospitalContext Of(EvaluationQuestion question, FactsSnapshot facts, SiteFacts? site, bool explicitGrant, DateTimeOffset now,
        EmergencySession? emergency = null)
    {
        IPAddress? address = question.SourceIp is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : question.SourceIp;
        (SiteFacts? networkSite, string? network) = address is null ? default : NetworkOf(facts.Sites, address);
        string? country = address is null ? null : facts.Countries.Find(address);

        // A patient or the system lies at no site: then the clock of the place that the person works from counts.
        SiteFacts? clockSite = site ?? networkSite;
        TimeSpan offset = clockSite is null ? TimeSpan.Zero : clockSite.Zone.GetUtcOffset(now);
        return new HospitalContext(
            now, offset, clockSite is not null && IsWithin(clockSite, now.ToOffset(offset)), address, networkSite?.Id, network,
            country, address is null ? [] : ListsOf(facts.NetworkLists, address, country), explicitGrant, question.Protocol, question.Context ?? NothingAdded, emergency);
    }

    /// <summary>The context as the policies see it.</summary>
    public RecordValue ToRecord() => record ??= MakeRecord();

    /// <summary>The context as the journal remembers it: canonical JSON, UTF-8.</summary>
    public ReadOnlyMemory<byte> ToJson() => json ??= CanonicalJson.Bytes(this, static (writer, context) => context.Write(writer));

    private RecordValue MakeRecord()
    {
        var members = new (string, Value)[19];
        int count = 0;
        members[count++] = ("now", DatetimeValue.From(Now));
        members[count++] = ("siteOffset", DurationValue.From(SiteOffset));
        members[count++] = ("dayOfWeek", Value.Of((long)DayOfWeek));
        members[count++] = ("timeOfDay", DurationValue.From(AtSite.TimeOfDay));
        members[count++] = ("workingHours", Value.Of(WithinWorkingHours));
        members[count++] = ("knownNetwork", Value.Of(Network is not null));
        members[count++] = ("assuranceLevel", Value.Of(Enforcement.AssuranceLevel));
        members[count++] = ("explicitGrant", Value.Of(HasExplicitGrant));
        members[count++] = ("protocol", Value.Of(Protocol));
        members[count++] = ("networkLists", NetworkLists.IsEmpty ? SetValue.Empty : new SetValue([.. NetworkLists.Select(Value.Of)]));
        if (SourceIp is not null)
        {
            members[count++] = ("sourceIp", IpAddressValue.From(SourceIp));
        }

        if (Network is not null)
        {
            members[count++] = ("network", Value.Of(Network));
            members[count++] = ("networkSite", new EntityUid("Site", NetworkSite!));
        }

        if (Country is not null)
        {
            members[count++] = ("country", Value.Of(Country));
        }

        if (Enforcement.AuthenticatedAt is { } authenticatedAt)
        {
            members[count++] = ("authenticatedAt", DatetimeValue.From(authenticatedAt));
        }

        if (Enforcement.PurposeOfUse is { } purpose)
        {
            members[count++] = ("purposeOfUse", Value.Of(purpose));
        }

        if (Enforcement.Destination is { } destination)
        {
            members[count++] = ("destination", Value.Of(destination));
        }

        if (Emergency is { } emergency)
        {
            members[count++] = ("emergencyAccess", Value.Of(emergency.Id));
            members[count++] = ("emergencyUntil", DatetimeValue.From(emergency.Until));
        }

        return RecordValue.Of(members.AsSpan(0, count));
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("assuranceLevel"u8, Enforcement.AssuranceLevel);
        WriteOptional(writer, "authenticatedAt"u8, Enforcement.AuthenticatedAt);
        WriteOptional(writer, "country"u8, Country);
        writer.WriteNumber("dayOfWeek"u8, DayOfWeek);
        WriteOptional(writer, "destination"u8, Enforcement.Destination);
        WriteOptional(writer, "emergencyAccess"u8, Emergency?.Id);
        WriteOptional(writer, "emergencyUntil"u8, Emergency?.Until);
        writer.WriteBoolean("explicitGrant"u8, HasExplicitGrant);
        WriteOptional(writer, "network"u8, Network);
        WriteOptional(writer, "networkSite"u8, NetworkSite);
        if (!NetworkLists.IsEmpty)
        {
            writer.WriteStartArray("networkLists"u8);
            foreach (string list in NetworkLists)
            {
                writer.WriteStringValue(list);
            }

            writer.WriteEndArray();
        }

        writer.WriteString("now"u8, Now);
        writer.WriteString("protocol"u8, Protocol);
        WriteOptional(writer, "purposeOfUse"u8, Enforcement.PurposeOfUse);
        writer.WriteNumber("siteOffsetMinutes"u8, (int)SiteOffset.TotalMinutes);
        WriteOptional(writer, "sourceIp"u8, SourceIp?.ToString());
        writer.WriteBoolean("workingHours"u8, WithinWorkingHours);
        writer.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? value)
    {
        if (value is { } instant)
        {
            writer.WriteString(name, instant);
        }
    }

    private static (SiteFacts? Site, string? Network) NetworkOf(SiteDirectory sites, IPAddress address)
    {
        foreach ((SiteFacts site, NamedNetwork named) in sites.Networks)
        {
            if (named.Contains(address))
            {
                return (site, named.Name);
            }
        }

        return default;
    }

    private static ImmutableArray<string> ListsOf(ImmutableArray<NetworkListFacts> lists, IPAddress address, string? country)
    {
        ImmutableArray<string> found = [];
        foreach (NetworkListFacts list in lists)
        {
            if (list.Contains(address, country))
            {
                found = found.Add(list.Id);
            }
        }

        return found;
    }

    /// <summary>Whether a site works at a time of its own clocks.</summary>
    public static bool IsWithin(SiteFacts site, DateTimeOffset local)
    {
        int today = local.DayOfWeek == System.DayOfWeek.Sunday ? 7 : (int)local.DayOfWeek;
        int yesterday = today == 1 ? 7 : today - 1;
        TimeOnly time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        foreach (WorkingHours hours in site.WorkingHours)
        {
            bool wraps = hours.End <= hours.Start;
            bool within = wraps
                ? (hours.Days.Contains(today) && time >= hours.Start) || (hours.Days.Contains(yesterday) && time < hours.End)
                : hours.Days.Contains(today) && time >= hours.Start && time < hours.End;
            if (within)
            {
                return true;
            }
        }

        return false;
    }
}
