using Npgsql;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// Keeps those who seal apart from those who take keys away: whoever seals holds the generation, whoever changes what may be sealed with
/// moves it.
/// </summary>
internal static class KeyGeneration
{
    /// <summary>The generation, which nobody moves until the transaction ends.</summary>
    public static Task<long> HoldAsync(NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ScalarAsync("select generation from trail.key_generation for share", transaction, cancellation);

    /// <summary>Waits until nobody seals any more, and keeps them waiting until the transaction ends.</summary>
    public static Task<long> MoveAsync(NpgsqlTransaction transaction, CancellationToken cancellation) =>
        ScalarAsync("update trail.key_generation set generation = generation + 1 returning generation", transaction, cancellation);

    private static async Task<long> ScalarAsync(string sql, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
