using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// The numbers of patients who were asked for and of whom the trail has nothing: no leaf has them, the database keeps them encrypted
/// beside their tokens until the patient's first event, an erasure or a pruning. Thread-safe.
/// </summary>
/// <param name="secret">The service's secret.</param>
/// <param name="epochs">The epochs' keys.</param>
internal sealed class AskedNumbers(byte[] secret, KeyEncryptionKeys epochs)
    : ServiceCipher(secret, epochs, "accessgov audit asked numbers")
{
    public byte[] Protect(string patient) => Protect(Encoding.UTF8.GetBytes(patient));

    /// <summary>What those of some tokens say, as fields about the patient; tokens whose patient has events have none.</summary>
    public async Task<Dictionary<string, OpenedField>> OfAsync(
        string[] tokens, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var found = new Dictionary<string, OpenedField>(StringComparer.Ordinal);
        if (tokens.Length == 0)
        {
            return found;
        }

        await using NpgsqlCommand read = database.CreateCommand(
            "select token, number from trail.unknown_patient where token = any($1) and number is not null");
        read.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = tokens });
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            found[rows.GetString(0)] = Open(rows.GetFieldValue<byte[]>(1));
        }

        return found;
    }

    private OpenedField Open(byte[] number)
    {
        try
        {
            string patient = Encoding.UTF8.GetString(Unprotect(number));
            return new OpenedField(null, "patient", FieldState.Opened, JsonSerializer.SerializeToElement(new { patient }));
        }
        catch (CryptographicException)
        {
            return new OpenedField(null, "patient", FieldState.Damaged, null);
        }
    }
}
