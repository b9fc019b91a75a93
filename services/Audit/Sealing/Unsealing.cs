using System.Security.Cryptography;
using System.Text.Json;
using AccessGov.Audit.Trail;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Sealing;

/// <summary>
/// Opens the sealed fields of entries. Whoever calls it has the right to, and has noted it in the trail before anybody sees what comes
/// out. Thread-safe.
/// </summary>
internal sealed class Unsealing(
    TrailDatabase database, KeyEncryptionKeys epochs, AskedNumbers numbers, IOptions<AuditOptions> options)
{
    private sealed record StoredKey(string? About, int Epoch, byte[]? Wrapped);

    /// <summary>The fields of an entry in their order.</summary>
    public async Task<IReadOnlyList<OpenedField>> OpenAsync(TrailEntry entry, CancellationToken cancellation) =>
        (await OpenAsync([entry], cancellation))[0];

    /// <summary>
    /// The fields of entries, which are asked for together. Behind those of a reading stands the number that was asked for, as long as the
    /// trail has nothing of that patient: it is not in the leaf.
    /// </summary>
    /// <param name="entries">Some hundreds at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <param name="condemnedToo">Also under keys that are being shredded; for the shredding alone.</param>
    public async Task<IReadOnlyList<IReadOnlyList<OpenedField>>> OpenAsync(
        IReadOnlyList<TrailEntry> entries, CancellationToken cancellation, bool condemnedToo = false)
    {
        string[] keyIds = [.. entries.SelectMany(entry => entry.Sealed).Select(field => field.KeyId).Distinct(StringComparer.Ordinal)];
        Dictionary<string, StoredKey> stored = keyIds.Length == 0 ? [] : await ReadAsync(keyIds, condemnedToo, cancellation);
        string[] tokens = [.. entries.Select(AskedToken).OfType<string>().Distinct(StringComparer.Ordinal)];
        Dictionary<string, OpenedField> asked = await numbers.OfAsync(tokens, database.Read, cancellation);
        return [.. entries.Select(IReadOnlyList<OpenedField> (entry) =>
        [
            .. entry.Sealed.Select(field => Open(entry, field, stored.GetValueOrDefault(field.KeyId))),
            .. AskedToken(entry) is { } token && asked.TryGetValue(token, out OpenedField? number) ? [number] : (OpenedField[])[],
        ])];
    }

    private static string? AskedToken(TrailEntry entry) => entry.Service == Refusals.Service ? entry.PatientToken : null;

    private async Task<Dictionary<string, StoredKey>> ReadAsync(string[] keyIds, bool condemnedToo, CancellationToken cancellation)
    {
        await using NpgsqlCommand read = database.Read.CreateCommand(
            """
            select kid, kind, 0, null::bytea from trail.shredded_key where kid = any($1)
            union all
            select k.kid, s.kind, k.epoch, k.wrapped from trail.data_key k left join trail.subject s on s.lookup = k.lookup
            where k.kid = any($1) and ($2 or k.lookup is not null)
            """);
        read.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = keyIds });
        read.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = condemnedToo });
        var keys = new Dictionary<string, StoredKey>(StringComparer.Ordinal);
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            // One that is being shredded comes twice: what it is about from the first row, the key itself from the second.
            string keyId = rows.GetString(0);
            string? about = rows.IsDBNull(1) ? keys.GetValueOrDefault(keyId)?.About : rows.GetString(1);
            keys[keyId] = new StoredKey(about, rows.GetInt32(2), rows.IsDBNull(3) ? null : rows.GetFieldValue<byte[]>(3));
        }

        return keys;
    }

    private OpenedField Open(TrailEntry entry, SealedField field, StoredKey? stored)
    {
        if (stored is null)
        {
            return new OpenedField(field.KeyId, null, FieldState.KeyLost, null);
        }

        if (stored.Wrapped is null)
        {
            return new OpenedField(field.KeyId, stored.About, FieldState.Shredded, null);
        }

        try
        {
            if (epochs.Unwrap(stored.Epoch, field.KeyId, stored.Wrapped) is not { } dataKey)
            {
                return new OpenedField(field.KeyId, stored.About, FieldState.KeyLost, null);
            }

            using var key = new SubjectKey("", field.KeyId, dataKey);
            byte[] plain = key.Open(
                Convert.FromBase64String(field.Nonce), Ciphertext(field), SubjectKey.Binding(entry.EventId, entry.Sequence, field.KeyId));
            using JsonDocument content = JsonDocument.Parse(plain);
            return new OpenedField(field.KeyId, stored.About, FieldState.Opened, content.RootElement.Clone());
        }
        catch (Exception damaged) when (
            damaged is CryptographicException or FormatException or JsonException or ArgumentException
            or FileNotFoundException or DirectoryNotFoundException)
        {
            return new OpenedField(field.KeyId, stored.About, FieldState.Damaged, null);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // A disk that fails has damaged nothing yet.
            throw new TrailUnreadableException(unreadable);
        }
    }

    private byte[] Ciphertext(SealedField field) => field.Ciphertext is { } inline
        ? Convert.FromBase64String(inline)
        : BlobFiles.Read(options.Value.TrailDirectory, field.Blob ?? "");
}

/// <summary>A sealed field, opened where it can be.</summary>
/// <param name="KeyId">The key that it is sealed under; null for a number that is in no leaf.</param>
/// <param name="About">Whom it is about: <c>patient</c>, <c>person</c> or <c>source</c>; null when nobody knows any more.</param>
/// <param name="State">Whether it was opened.</param>
/// <param name="Content">What it says, a JSON object; null unless it was opened.</param>
internal sealed record OpenedField(string? KeyId, string? About, FieldState State, JsonElement? Content);

/// <summary>What became of a sealed field.</summary>
internal enum FieldState
{
    /// <summary>It was opened.</summary>
    Opened,

    /// <summary>Its key was shredded, and the trail says when and by whom.</summary>
    Shredded,

    /// <summary>Its key is not there, and no shredding took it away.</summary>
    KeyLost,

    /// <summary>The key, the ciphertext or its file was changed, or the file is gone.</summary>
    Damaged,
}
