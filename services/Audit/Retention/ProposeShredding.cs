using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.EventSourcing;

namespace AccessGov.Audit.Retention;

/// <summary>Proposes to shred the keys of a patient, or an expired class and year again. What has expired is proposed by itself.</summary>
internal static class ProposeShredding
{
    public const string Scope = "audit.shred";

    /// <param name="Patient">The patient's id, with a ground of <see cref="ShreddingGrounds.OfPatients"/>; or</param>
    /// <param name="Class">a class</param>
    /// <param name="Year">and a year.</param>
    /// <param name="Ground">Why a patient's keys.</param>
    /// <param name="Basis">The law that allows or demands it.</param>
    /// <param name="Exception">Why it is right although the legal period runs; null where it does not run.</param>
    public sealed record Command(
        string? Patient = null, string? Class = null, int? Year = null, string? Ground = null, string? Basis = null,
        string? Exception = null)
    {
        /// <summary>Expired, where it is about no patient.</summary>
        public string GroundOrExpired => Ground ?? ShreddingGrounds.Expired;
    }

    /// <summary>What is wrong with the words of it; null when nothing is.</summary>
    public static Refusal? Malformed(Command command) =>
        command.Basis is null || !Identifiers.IsText(command.Basis, UnsealEntry.ReasonLengthMax)
            || (command.Exception is { } exception && !Identifiers.IsText(exception, UnsealEntry.ReasonLengthMax))
            ? new Refusal("basis_malformed",
                $"basis names the law, in 1 to {UnsealEntry.ReasonLengthMax} characters, and so does exception where it is said.")
        : command switch
        {
            { Patient: { } patient, Class: null, Year: null, Ground: { } ground }
                when Identifiers.IsForeign(patient) && ShreddingGrounds.OfPatients.Contains(ground) => null,
            { Patient: null, Class: not null, Year: >= 1 and <= 9000, Ground: null, Exception: null } => null,
            _ => new Refusal(
                "shredding_malformed",
                $"It has a patient and ground ({string.Join(", ", ShreddingGrounds.OfPatients)}), or class and year."),
        };

    /// <summary>Whether it may be proposed; null when it may.</summary>
    public static Refusal? Decide(Command command, KeyCoverage coverage) =>
        Malformed(command) ?? coverage.Forbids(command.GroundOrExpired, command.Exception is not null);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapStrongGroup(Scope).MapPost("/shreddings", ProposeAsync);

    private static async Task<IResult> ProposeAsync(Command command, HttpContext http, Shreddings shreddings, TimeProvider clock)
    {
        if (Malformed(command) is { } malformed)
        {
            return Refusals.Answer(malformed);
        }

        DateTimeOffset now = clock.GetUtcNow();
        Guid id = Guid.CreateVersion7(now);

        // Whom it is about is sealed, by their token alone, under the key of who proposes: a key of the patient would be a new one, which
        // is in its legal period whatever is erased.
        AuditRecord Noted(string? token) => Deed.Of(
            http, now, "shredding.proposed", $"Shredding::{id}",
            new { command.Basis, command.Exception, command.Class, command.Year, command.Ground, token });
        return await shreddings.ProposeAsync(
            id, command, coverage => Decide(command, coverage), Noted, http.RequestAborted) is { } refused
            ? Refusals.Answer(refused)
            : Results.Created($"/shreddings/{id}", new { id });
    }
}
