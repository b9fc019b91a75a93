using System.Text.Json;
using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Audit;

/// <summary>The audit trail: searched, read entry by entry, proven. Every reading is itself in the trail.</summary>
internal sealed class AuditTrail(HttpClient http)
{
    /// <param name="Searchable">How many entries of the trail a search can find.</param>
    public sealed record EntryPage(IReadOnlyList<Entry> Entries, long Searchable, string? Next = null);

    /// <summary>The clear fields of an entry.</summary>
    public sealed record Entry(
        long Sequence, DateTimeOffset At, DateTimeOffset ReceivedAt, string Service, string Kind, string Action, string Outcome,
        string? Actor = null, string? PatientToken = null, string? Study = null, string? Series = null, string? Resource = null,
        string? Session = null, string? Address = null, string? Workstation = null, string? EmergencyCase = null, string? Reason = null,
        string? DecisionId = null)
    {
        /// <summary>Whether it belongs to an emergency access, from its start to its end; what was done about the case, a review or a mail, does not.</summary>
        public bool UnderEmergency => EmergencyCase is not null && Action is not ("administer" or "security_alert");
    }

    /// <param name="Over">How many of the newest that match are counted at most.</param>
    public sealed record FacetPage(IReadOnlyDictionary<string, IReadOnlyList<Facet>> Facets, long Over);

    public sealed record Facet(string Value, long Count);

    public sealed record DisclosurePage(IReadOnlyList<Disclosure> Entries, long Searchable, string? Next = null);

    /// <param name="Leaf">The leaf's bytes in base64.</param>
    /// <param name="Proof">That the trail holds it: the text of a c2sp.org/tlog-proof.</param>
    public sealed record Disclosure(Entry Entry, string Leaf, string Proof);

    public sealed record TrustedKeys(IReadOnlyList<string> Keys);

    public sealed record Opened(IReadOnlyList<OpenedField> Fields);

    /// <param name="About">patient or person.</param>
    /// <param name="Content">What was sealed, an object; null along with what became of it.</param>
    public sealed record OpenedField(
        string? KeyId = null, string? About = null, JsonElement? Content = null, bool Shredded = false, bool KeyLost = false,
        bool Damaged = false);

    public sealed record DestinationPage(IReadOnlyList<Destination> Destinations);

    /// <param name="Position">How many entries it has for certain.</param>
    /// <param name="Lag">How many it lacks.</param>
    /// <param name="Refused">The entry that it refused when it failed last.</param>
    public sealed record Destination(
        string Name, string Kind, string Format, string Status, long? Position = null, long? Lag = null, DateTimeOffset? DeliveredAt = null,
        string? LastError = null, DateTimeOffset? LastErrorAt = null, bool Identities = false, long? Refused = null)
    {
        /// <summary>The entry that it refuses, and behind which all others wait; null when it waits for nothing of that kind.</summary>
        public long? HeldUpBy => Status == "failing" && Refused == Position ? Refused : null;
    }

    /// <summary>Which fields events of some days lacked, by source and kind.</summary>
    public sealed record CompletenessReport(DateOnly From, DateOnly To, bool Complete, IReadOnlyList<SourceOfEvents> Sources);

    /// <param name="Missing">How many lacked a field, by the field's name.</param>
    public sealed record SourceOfEvents(string Source, string Kind, long Events, IReadOnlyDictionary<string, long> Missing);

    public Task<Answer<EntryPage>> FindAsync(string query, CancellationToken cancellation) =>
        http.AskAsync<EntryPage>($"entries{query}", cancellation);

    public Task<Answer<FacetPage>> CountAsync(string query, CancellationToken cancellation) =>
        http.AskAsync<FacetPage>($"entries/facets{query}", cancellation);

    public Task<Answer<EntryPage>> OfPatientAsync(string id, string query, CancellationToken cancellation) =>
        http.AskAsync<EntryPage>($"patients/{Uri.EscapeDataString(id)}/timeline{query}", cancellation);

    public Task<Answer<EntryPage>> OfPersonAsync(string id, string query, CancellationToken cancellation) =>
        http.AskAsync<EntryPage>($"people/{Uri.EscapeDataString(id)}/activity{query}", cancellation);

    public Task<Answer<EntryPage>> OfCaseAsync(string id, string query, CancellationToken cancellation) =>
        http.AskAsync<EntryPage>($"emergency-cases/{Uri.EscapeDataString(id)}{query}", cancellation);

    public Task<Answer<DisclosurePage>> DisclosuresAsync(string patient, string query, CancellationToken cancellation) =>
        http.AskAsync<DisclosurePage>($"patients/{Uri.EscapeDataString(patient)}/disclosures{query}", cancellation);

    /// <summary>The leaf's bytes as text; they are UTF-8.</summary>
    public Task<Answer<string>> LeafAsync(long sequence, CancellationToken cancellation) =>
        http.AskAsync<string>($"trail/entries/{sequence}", cancellation);

    public Task<Answer<string>> ProofAsync(long sequence, CancellationToken cancellation) =>
        http.AskAsync<string>($"trail/entries/{sequence}/proof", cancellation);

    public Task<Answer<string>> CheckpointAsync(CancellationToken cancellation) => http.AskAsync<string>("trail/checkpoint", cancellation);

    public Task<Answer<TrustedKeys>> KeysAsync(CancellationToken cancellation) => http.AskAsync<TrustedKeys>("trail/keys", cancellation);

    public Task<Answer<Opened>> UnsealAsync(long sequence, string? reason, CancellationToken cancellation) =>
        http.CommandAsync<Opened>(HttpMethod.Post, $"entries/{sequence}/unseal", new { reason }, cancellation);

    public Task<Answer<CompletenessReport>> CompletenessAsync(DateOnly from, DateOnly to, CancellationToken cancellation) =>
        http.AskAsync<CompletenessReport>($"completeness?from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}", cancellation);

    public Task<Answer<DestinationPage>> DestinationsAsync(CancellationToken cancellation) =>
        http.AskAsync<DestinationPage>("export-destinations", cancellation);

    public Task<Answer<Done>> SkipAsync(string destination, long? sequence, string? reason, CancellationToken cancellation) =>
        http.CommandAsync<Done>(
            HttpMethod.Post, $"export-destinations/{Uri.EscapeDataString(destination)}/skip", new { sequence, reason }, cancellation);

    /// <summary>All that a search finds, as it comes; whoever asks disposes of it.</summary>
    public Task<Answer<HttpResponseMessage>> ExportAsync(string query, CancellationToken cancellation) =>
        http.OpenAsync($"export{query}", cancellation);
}
