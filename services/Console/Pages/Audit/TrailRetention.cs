using AccessGov.Console.Services;

namespace AccessGov.Console.Pages.Audit;

/// <summary>How long what is sealed in the trail can be opened: the schedule, holds that beat it, and the shredding of keys.</summary>
internal sealed class TrailRetention(HttpClient http)
{
    public sealed record Schedule(
        IReadOnlyList<Class> Classes, IReadOnlyList<Class> UnknownClasses, IReadOnlyList<Hold> Holds);

    /// <param name="Basis">The law; null when the configuration does not have the class any more.</param>
    /// <param name="Shorter">Why it is kept for less than six years.</param>
    public sealed record Class(
        string Name, IReadOnlyList<Expiry> Keys, string? Basis = null, int KeepYears = 0, int KeepDays = 0, string? Shorter = null,
        IReadOnlyList<string>? Kinds = null, IReadOnlyList<string>? Actions = null, IReadOnlyList<string>? Services = null)
    {
        /// <summary>How long after the end of the year in which something was taken in.</summary>
        public string Kept => string.Join(" and ", new[]
        {
            KeepYears > 0 ? Shown.Count(KeepYears, "year") : null, KeepDays > 0 ? Shown.Count(KeepDays, "day") : null,
        }.OfType<string>().DefaultIfEmpty("not beyond it"));

        /// <summary>What belongs to it; none where it has whatever no other class takes.</summary>
        public IEnumerable<(string Name, IReadOnlyList<string> Values)> Rules =>
            new[] { ("kinds", Kinds ?? []), ("actions", Actions ?? []), ("services", Services ?? []) }.Where(rule => rule.Item2.Count > 0);
    }

    /// <summary>The keys of a year.</summary>
    public sealed record Expiry(int Year, long Keys, long Held, DateTimeOffset? ExpiresAt = null);

    /// <param name="About">patient or person; null for everybody.</param>
    /// <param name="Token">The random name by which the trail calls the patient, while there are keys.</param>
    public sealed record Hold(
        Guid Id, string Reason, string PlacedBy, DateTimeOffset PlacedAt, string? About = null, string? Token = null,
        string? Class = null, DateTimeOffset? From = null, DateTimeOffset? To = null);

    public sealed record ShreddingPage(IReadOnlyList<Shredding> Shreddings, string? Next = null);

    /// <param name="Leaf">The entry that certifies it.</param>
    public sealed record Shredding(
        Guid Id, string State, string Ground, string ProposedBy, DateTimeOffset ProposedAt, string? Class = null, int? Year = null,
        string? FirstApprover = null, string? SecondApprover = null, DateTimeOffset? DecidedAt = null, long? Keys = null,
        string? Digest = null, long? Leaves = null, DateTimeOffset? RecordedAt = null, long? Leaf = null,
        DateTimeOffset? FinishedAt = null, ShreddingProposal? Proposal = null)
    {
        public string What => Class is null ? "a patient's keys" : $"keys of class {Class}, taken in in {Year}";
    }

    /// <summary>What those who may shred are told, as long as the keys are there.</summary>
    /// <param name="Token">How the trail calls the patient.</param>
    /// <param name="Keys">How many keys it is about now.</param>
    /// <param name="Running">How many of them are in their legal period.</param>
    public sealed record ShreddingProposal(
        string? Token = null, string? Basis = null, string? Exception = null, long? Keys = null, long? Held = null, long? Running = null);

    /// <summary>A hold to be placed; what is null does not narrow it.</summary>
    public sealed record NewHold(
        string? Patient, string? Person, string? Class, DateTimeOffset? From, DateTimeOffset? To, string? Reason);

    /// <summary>A shredding to be proposed: of a patient on a ground, or of a class and year.</summary>
    public sealed record Proposal(string? Patient, string? Class, int? Year, string? Ground, string? Basis, string? Exception);

    public sealed record Made(Guid Id);

    public Task<Answer<Schedule>> ScheduleAsync(CancellationToken cancellation) => http.AskAsync<Schedule>("retention", cancellation);

    public Task<Answer<Done>> PlaceAsync(NewHold hold, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, "legal-holds", hold, cancellation);

    public Task<Answer<Done>> LiftAsync(string? id, string? reason, CancellationToken cancellation) => http.CommandAsync<Done>(
        HttpMethod.Post, $"legal-holds/{Uri.EscapeDataString(id ?? "")}/lift", new { reason }, cancellation);

    public Task<Answer<ShreddingPage>> ShreddingsAsync(string? after, CancellationToken cancellation) =>
        http.AskAsync<ShreddingPage>($"shreddings{Query.Of(("limit", "50"), ("after", after))}", cancellation);

    public Task<Answer<Shredding>> ShreddingAsync(Guid id, CancellationToken cancellation) =>
        http.AskAsync<Shredding>($"shreddings/{id}", cancellation);

    public Task<Answer<Made>> ProposeAsync(Proposal proposal, CancellationToken cancellation) =>
        http.CommandAsync<Made>(HttpMethod.Post, "shreddings", proposal, cancellation);

    public Task<Answer<Done>> ApproveAsync(Guid id, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"shreddings/{id}/approve", null, cancellation);

    public Task<Answer<Done>> DenyAsync(Guid id, string? reason, CancellationToken cancellation) =>
        http.CommandAsync<Done>(HttpMethod.Post, $"shreddings/{id}/deny", new { reason }, cancellation);

    /// <summary>The certificate, or the list of keys: a file.</summary>
    public Task<Answer<string>> FileAsync(Guid id, string what, CancellationToken cancellation) =>
        http.AskAsync<string>($"shreddings/{id}/{what}", cancellation);
}
