using AccessGov.Audit.Trail;
using Npgsql;

namespace AccessGov.Audit.Sealing;

/// <summary>How the trail calls patients whom it knows. Asking makes no token and no key. Thread-safe.</summary>
internal sealed class SubjectTokens(TrailDatabase database, SubjectLookup lookup)
{
    /// <summary>A patient's token; null when the trail has nothing about them, or not any more.</summary>
    public async Task<string?> OfPatientAsync(string patient, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Read.OpenConnectionAsync(cancellation);
        return await OfAsync(lookup.Of(Subject.Patient(patient)), connection, null, cancellation);
    }

    /// <summary>The token of whoever is found by a hash, in a transaction where there is one.</summary>
    public static async Task<string?> OfAsync(
        byte[] hash, NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand("select token from trail.subject where lookup = $1", connection, transaction)
        {
            Parameters = { new() { Value = hash } },
        };
        return (string?)await read.ExecuteScalarAsync(cancellation);
    }
}
