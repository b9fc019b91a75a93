using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Retention;

/// <summary>What whoever decides must know of a shredding whose keys are there still.</summary>
/// <param name="Token">How the trail calls the patient; null where it is about a class and year.</param>
/// <param name="Basis">The law that allows it; null when the trail alone has it.</param>
/// <param name="Exception">What makes it right although the legal period runs; null where nobody said.</param>
/// <param name="Keys">How many keys it is about now; null when they are condemned, and the shredding itself says it.</param>
/// <param name="Held">How many of them a legal hold keeps.</param>
/// <param name="Running">How many of them are in their legal period.</param>
internal sealed record ShreddingProposal(string? Token, string? Basis, string? Exception, long? Keys, long? Held, long? Running);

/// <summary>Reads that for those who may shred; nobody else sees it. Thread-safe.</summary>
internal sealed class ShreddingProposals(TrailDatabase database, RetentionClasses classes, ReasonCipher reasons, TimeProvider clock)
{
    // No text that is taken in has a zero in it.
    private const char Between = '\0';

    /// <summary>Basis and exception as one text, which is kept encrypted.</summary>
    public static string Written(string basis, string? exception) => exception is null ? basis : $"{basis}{Between}{exception}";

    /// <summary>The shreddings, with what is proposed where their keys are there still and the caller may shred.</summary>
    public async Task<IReadOnlyList<Shredding>> OpenAsync(
        IReadOnlyList<Shredding> shreddings, HttpContext http, CancellationToken cancellation)
    {
        if (!http.User.HasClaim("scope", ProposeShredding.Scope))
        {
            return shreddings;
        }

        await using NpgsqlConnection connection = await database.Read.OpenConnectionAsync(cancellation);
        var opened = new List<Shredding>(shreddings.Count);
        foreach (Shredding one in shreddings)
        {
            opened.Add(one.HasKeys ? one with { Proposal = await ReadAsync(one, connection, cancellation) } : one);
        }

        return opened;
    }

    private async Task<ShreddingProposal?> ReadAsync(Shredding one, NpgsqlConnection connection, CancellationToken cancellation)
    {
        byte[]? lookup, reason;
        string? token;
        bool hasException;
        await using (var read = new NpgsqlCommand(
            """
            select h.lookup, coalesce(h.token, s.token, u.token), h.reason, h.has_exception
            from trail.shredding h left join trail.subject s on s.lookup = h.lookup
            left join trail.unknown_patient u on u.lookup = h.lookup where h.id = $1 and h.state = $2
            """, connection)
        {
            Parameters = { new() { Value = one.Id }, new() { Value = one.State, NpgsqlDbType = NpgsqlDbType.Text } },
        })
        {
            await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
            if (!await row.ReadAsync(cancellation))
            {
                return null;
            }

            (lookup, token) = (row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0), row.IsDBNull(1) ? null : row.GetString(1));
            (reason, hasException) = (row.IsDBNull(2) ? null : row.GetFieldValue<byte[]>(2), row.GetBoolean(3));
        }

        KeyCoverage? coverage = one.IsOpen
            ? await ShreddingRows.CoverageAsync(
                ShreddingRows.Scope(lookup, one.Class, one.Year), classes, clock.GetUtcNow(), connection, null, cancellation)
            : null;
        string[] said = reason is null ? [] : reasons.Show(reason).Split(Between);
        return new ShreddingProposal(
            token, said.FirstOrDefault(), !hasException || reason is null ? null : said.ElementAtOrDefault(1) ?? ReasonCipher.InTrail,
            coverage?.Keys, coverage?.Held, coverage?.Running);
    }
}
