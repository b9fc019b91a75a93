using System.Text.Json.Serialization;

namespace AccessGov.Recertification.Sources;

/// <summary>A person as IdentityFederation tells them; see its README.</summary>
internal sealed record FoundPerson(string Id, FoundProfile Profile, bool Active, bool Suspended, bool Locked = false);

/// <summary>What is known of somebody, of which only this is read.</summary>
internal sealed record FoundProfile(
    string UserName, string? ExternalId = null, string? DisplayName = null, string? Title = null, FoundEmployment? Employment = null,
    IReadOnlyList<FoundAddress>? Emails = null)
{
    /// <summary>What people call them.</summary>
    public string Called => DisplayName ?? UserName;

    /// <summary>The address that somebody is written to: the primary one, else the first; null when there is none.</summary>
    public string? Mail => Emails?.OrderByDescending(email => email.Primary == true).FirstOrDefault()?.Value;
}

/// <summary>Where and for whom somebody works.</summary>
internal sealed record FoundEmployment(string? Department = null, string? Manager = null);

/// <summary>An address.</summary>
internal sealed record FoundAddress(string Value, bool? Primary = null);

/// <summary>A page of people.</summary>
internal sealed record PeoplePage([property: JsonRequired] IReadOnlyList<FoundPerson> People, string? Next = null);

/// <summary>Asks IdentityFederation for the people who are here. Thread-safe.</summary>
internal sealed class PeopleSource(HttpClient http)
{
    private const int PageMax = 1_000;

    /// <exception cref="SourceUnavailableException">IdentityFederation cannot be asked.</exception>
    public Task<PeoplePage> PageAsync(string? after, CancellationToken cancellation) => SourceAnswer.GetAsync<PeoplePage>(
        http, "IdentityFederation", SourceAnswer.PagePath("/people", PageMax, after), cancellation);
}
