using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.People;

/// <summary>The people whom IdentityFederation knows, and what can be done about them.</summary>
internal sealed class KnownPeople(HttpClient http)
{
    public sealed record PeoplePage(IReadOnlyList<Item> People, string? Next = null);

    public sealed record Item(string Id, string Organisation, Profile Profile, bool Active, bool Suspended, bool Locked = false);

    public sealed record Profile(
        string UserName, string? DisplayName, string? Title, NameParts? Name, IReadOnlyList<Address>? Emails,
        IReadOnlyList<Address>? PhoneNumbers, Employment? Employment)
    {
        /// <summary>What the person is called: their name, or at least their user name.</summary>
        public string Called => First(DisplayName, Name?.Formatted, $"{Name?.GivenName} {Name?.FamilyName}".Trim(), UserName);

        private static string First(params IEnumerable<string?> names) => names.First(name => !string.IsNullOrEmpty(name))!;
    }

    public sealed record NameParts(string? Formatted, string? GivenName, string? FamilyName);

    public sealed record Address(string Value, string? Type);

    public sealed record Employment(string? EmployeeNumber, string? Department, string? Manager);

    public sealed record OrganisationPage(IReadOnlyList<Organisation> Organisations);

    public sealed record Organisation(string Id, string Name);

    /// <summary>Somebody, with what happened to them; whoever is deprovisioned has no profile any more.</summary>
    public sealed record Person(
        string Id, bool Deprovisioned, string? Organisation, Profile? Profile, bool? Active, bool? Suspended, bool? Locked,
        IReadOnlyList<Identity>? Identities, IReadOnlyList<Change> History);

    public sealed record Identity(string Issuer, string Subject);

    public sealed record Change(string Name, DateTimeOffset At, string? By, string? Reason);

    public sealed record GroupPage(IReadOnlyList<Group> Groups);

    public sealed record Group(string Id, string DisplayName, IReadOnlyList<string> Scopes);

    public sealed record Credentials(
        DateTimeOffset? PasswordSetAt, DateTimeOffset? AppEnrolledAt, IReadOnlyList<Passkey> Passkeys, int RecoveryCodesLeft,
        DateTimeOffset? EnrolmentLinkUntil, DateTimeOffset? AcknowledgedAt);

    public sealed record Passkey(string Name, DateTimeOffset RegisteredAt, DateTimeOffset? UsedAt, bool Synced);

    /// <summary>A link with which somebody chooses how to sign in; told once.</summary>
    public sealed record EnrolmentLink(string Link, DateTimeOffset ExpiresAt);

    public sealed record EndedCount(int Ended);

    public Task<Answer<PeoplePage>> FindAsync(string? search, string? organisation, string? after, CancellationToken cancellation) =>
        http.AskAsync<PeoplePage>(
            $"people{Query.Of(("limit", "50"), ("search", search), ("organisation", organisation), ("after", after))}", cancellation);

    public Task<Answer<OrganisationPage>> OrganisationsAsync(CancellationToken cancellation) =>
        http.AskAsync<OrganisationPage>("organisations?limit=1000", cancellation);

    public Task<Answer<Person>> ReadAsync(string id, CancellationToken cancellation) => http.AskAsync<Person>(PathOf(id), cancellation);

    public Task<Answer<GroupPage>> GroupsAsync(string id, CancellationToken cancellation) =>
        http.AskAsync<GroupPage>($"{PathOf(id)}/groups", cancellation);

    public Task<Answer<Credentials>> CredentialsAsync(string id, CancellationToken cancellation) =>
        http.AskAsync<Credentials>($"{PathOf(id)}/credentials", cancellation);

    public Task<Answer<OpenSession.Page>> SessionsAsync(string id, CancellationToken cancellation) =>
        http.AskAsync<OpenSession.Page>($"{PathOf(id)}/sessions", cancellation);

    public Task<Answer<Done>> EndSessionAsync(string session, string reason, CancellationToken cancellation) => http.CommandAsync<Done>(
        HttpMethod.Post, $"sessions/{Uri.EscapeDataString(session)}/end", new { reason }, cancellation);

    public Task<Answer<EndedCount>> EndSessionsAsync(string id, string reason, CancellationToken cancellation) =>
        http.CommandAsync<EndedCount>(HttpMethod.Post, $"{PathOf(id)}/sessions/end", new { reason }, cancellation);

    /// <param name="id">Who.</param>
    /// <param name="what">suspend, reinstate, unlock, deactivate, reactivate or deprovision.</param>
    /// <param name="reason">Why; null where nobody asks.</param>
    /// <param name="version">The version of the person that was seen.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<Answer<Done>> CommandAsync(string id, string what, string? reason, string? version, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"{PathOf(id)}/{what}", reason is null ? null : new { reason }, cancellation, version);

    public Task<Answer<EnrolmentLink>> EnrolAsync(string id, string? version, CancellationToken cancellation) =>
        http.CommandAsync<EnrolmentLink>(HttpMethod.Post, $"{PathOf(id)}/enrolment", null, cancellation, version);

    private static string PathOf(string id) => $"people/{Uri.EscapeDataString(id)}";
}
