using AccessGov.PolicyDecision.GeographyAlerts;
using AccessGov.PolicyDecision.Obligations;
using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>The journal's connections and tables.</summary>
internal sealed class JournalDatabase : IAsyncDisposable
{
    // Two replicas that see a new month together would collide while they create its partition.
    private const long PartitionLock = 0x4163_6347_6f76_4a31;

    private readonly string schema;
    private bool ready;

    public JournalDatabase(DecisionJournalOptions options)
    {
        schema = options.Schema;
        NpgsqlConnectionStringBuilder connection = DatabaseSettings.Of(
            options.ConnectionString, options.Schema, "accessgov-decision-journal");
        connection.Timeout = (int)options.ConnectBound.TotalSeconds;
        connection.CommandTimeout = 30;
        connection.MaxPoolSize = 16;
        Source = NpgsqlDataSource.Create(connection.ConnectionString);
    }

    /// <summary>Connections whose search path is the journal's schema.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>The tables exist.</summary>
    public bool Ready => Volatile.Read(ref ready);

    /// <summary>Creates what is missing, as the service's own role in its own schema.</summary>
    public async Task EnsureAsync(CancellationToken cancellation)
    {
        if (Ready)
        {
            return;
        }

        await using NpgsqlConnection connection = await Source.OpenConnectionAsync(cancellation);
        await SchemaCreation.CreateAsync(connection, schema, "journal", Tables, cancellation);
        await SchemaCreation.CreateAsync(connection, schema, "obligations", RecordedObligations.Tables, cancellation);
        await SchemaCreation.CreateAsync(connection, schema, "geography", GeographyWatch.Tables, cancellation);
        Volatile.Write(ref ready, true);
    }

    /// <summary>Creates a partition where it is missing, one replica at a time.</summary>
    public async Task CreatePartitionAsync(string sql, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await Source.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        await using var create = new NpgsqlCommand($"select pg_advisory_xact_lock({PartitionLock}); {sql}", connection, transaction);
        await create.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private const string Tables = """
        create table if not exists decision_writer (
            writer text collate "C" primary key,
            ordinal bigint generated always as identity,
            replica text collate "C" not null,
            opened_at timestamptz not null,
            closed_sequence bigint,
            indexed bigint not null default 0);
        create index if not exists decision_writer_replica on decision_writer (replica, ordinal);

        create table if not exists decision_batch (
            writer text collate "C" not null,
            sequence bigint not null check (sequence > 0),
            first_at timestamptz not null,
            last_at timestamptz not null,
            count integer not null,
            payload bytea not null,
            prev_hash bytea not null,
            hash bytea not null,
            primary key (writer, sequence));
        -- A packed batch stays in its row: pieces of 2 KB in a table of their own would cost each commit several inserts.
        alter table decision_batch alter column payload set storage external, set (toast_tuple_target = 8160);

        create table if not exists decision (
            at timestamptz not null,
            evaluation_id uuid not null,
            client text collate "C" not null,
            subject text collate "C" not null,
            action text collate "C" not null,
            resource text collate "C" not null,
            patient text collate "C",
            study text collate "C",
            permitted boolean not null,
            reason text collate "C" not null,
            writer text collate "C" not null,
            sequence bigint not null,
            ordinal integer not null) partition by range (at);
        create table if not exists decision_other partition of decision default;
        create index if not exists decision_at on decision (at, evaluation_id);
        create index if not exists decision_evaluation on decision (evaluation_id);
        create index if not exists decision_subject on decision (subject, at, evaluation_id);
        create index if not exists decision_patient on decision (patient, at, evaluation_id) where patient is not null;
        create index if not exists decision_study on decision (study, at, evaluation_id) where study is not null;

        -- How far the audit trail was told of each chain; a table of its own, so that feed and indexer do not wait for each other.
        create table if not exists decision_told (
            writer text collate "C" primary key,
            sequence bigint not null);

        create table if not exists decision_anchor (
            day date not null,
            writer text collate "C" not null,
            sequence bigint not null,
            hash bytea not null,
            signed_at timestamptz not null,
            key_id text collate "C" not null,
            signature bytea not null,
            primary key (day, writer));
        """;
}
