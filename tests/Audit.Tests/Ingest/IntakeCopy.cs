using System.Text.Json;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Audit.Tests.Ingest;

/// <summary>What a host took in, as it came: a trigger copies it before it gets its place, and the host's own key opens it.</summary>
internal sealed class IntakeCopy
{
    private readonly AuditHost host;

    private IntakeCopy(AuditHost host) => this.host = host;

    public static async Task<IntakeCopy> OfAsync(AuditHost host)
    {
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(host.Superuser);
        await using NpgsqlCommand create = superuser.CreateCommand(
            """
            create table trail.copy (id bigint, source text, body bytea);
            create function trail.copy_intake() returns trigger language plpgsql security definer as $$
                begin insert into trail.copy values (new.id, new.source, new.body); return null; end $$;
            create trigger copy after insert on trail.intake for each row execute function trail.copy_intake()
            """);
        await create.ExecuteNonQueryAsync();
        return new IntakeCopy(host);
    }

    /// <summary>All that was taken in, in order.</summary>
    public async Task<IReadOnlyList<(string Source, AuditRecord Record)>> AllAsync()
    {
        IntakeKey key = host.Services.GetRequiredService<IntakeKey>();
        var all = new List<(string, AuditRecord)>();
        await using NpgsqlDataSource superuser = NpgsqlDataSource.Create(host.Superuser);
        await using NpgsqlCommand read = superuser.CreateCommand("select source, body from trail.copy order by id");
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            string source = rows.GetString(0);
            all.AddRange(JsonSerializer.Deserialize(key.Unprotect(rows.GetFieldValue<byte[]>(1)),
                RecordJson.Default.IReadOnlyListAuditRecord)!.Select(record => (source, record)));
        }

        return all;
    }

    /// <summary>What was taken in of a source.</summary>
    public async Task<IReadOnlyList<AuditRecord>> OfAsync(string source) =>
        [.. (await AllAsync()).Where(one => one.Source == source).Select(one => one.Record)];

    /// <summary>Waits until so many events of a source were taken in.</summary>
    public async Task<IReadOnlyList<AuditRecord>> HasAsync(string source, int count)
    {
        IReadOnlyList<AuditRecord> records = [];
        await Eventually.HoldsAsync(async () => (records = await OfAsync(source)).Count >= count,
            $"{count} events of {source} were taken in");
        return records;
    }
}
