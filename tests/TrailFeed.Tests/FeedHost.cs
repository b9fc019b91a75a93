using System.Text.Json;
using AccessGov.Contracts.Audit.V1;
using AccessGov.EventSourcing;
using AccessGov.Messaging;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace AccessGov.TrailFeed.Tests;

[EventName("thing_noted")]
public sealed record ThingNoted(string Text, int Number = 0);

[EventName("secret_made")]
public sealed record SecretMade(string Owner, string SecretSha256, Inner Part, IReadOnlyList<Inner> Parts);

public sealed record Inner(string Name, string Sealed);

/// <summary>A process of a service with an audit feed, over a database of its own, and the queue that listens.</summary>
internal sealed class FeedHost : IAsyncDisposable
{
    public const string Service = "things";
    public const string Schema = "things";

    private readonly IHost host;
    private readonly NpgsqlDataSource source;

    private FeedHost(IHost host, NpgsqlDataSource source) => (this.host, this.source) = (host, source);

    public IEventStore Store => Get<IEventStore>();

    public StoreRecount Recount => Get<StoreRecount>();

    public T Get<T>()
        where T : notnull => host.Services.GetRequiredService<T>();

    /// <summary>A new database with the bus and, unless nobody is to, a queue that subscribes.</summary>
    public static async Task<string> CreateDatabaseAsync(bool subscribed = true)
    {
        string connectionString = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await MessagingSchema.CreateAsync(connection);
        await MessagingSchema.GrantAsync(connection, "postgres", Service);
        if (subscribed)
        {
            await SubscribeAsync(connectionString);
        }

        return connectionString;
    }

    public static Task SubscribeAsync(string connectionString) => ExecuteAsync(
        connectionString,
        $"""
        insert into bus.queue (name, role) values ('listener', current_user);
        insert into bus.subscription (queue, message) values ('listener', '{EventsRecorded.MessageName}'),
            ('listener', '{StoreRecounted.MessageName}')
        """);

    public static async Task<FeedHost> StartAsync(string connectionString, Action<AuditFeedOptions>? configure = null)
    {
        NpgsqlDataSource database = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = Schema, ApplicationName = "feed-under-test" });
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(database);
        builder.Services.AddLogging();
        var types = EventTypes.Of(typeof(ThingNoted), typeof(SecretMade));
        builder.Services.AddEventStore(options =>
        {
            (options.Schema, options.Types) = (Schema, types);
            options.AlsoCreate = (_, _) => ExecuteAsync(connectionString, $"set search_path to {Schema};" + AuditFeedHosting.CreateTable);
        });
        builder.Services.AddMessaging(options =>
        {
            options.Queue = Service;
            options.AuditFeedMessages();
        });
        builder.Services.AddAuditFeed(options =>
        {
            (options.Service, options.Schema, options.Types) = (Service, Schema, types);
            options.Withheld = new Withheld(new Dictionary<string, string[]> { ["secret_made"] = ["SecretSha256", "Sealed"] });
            // A test recounts when it wants to.
            options.RecountRetry = TimeSpan.FromHours(1);
            configure?.Invoke(options);
        });
        var feed = new FeedHost(builder.Build(), database);
        await feed.host.StartAsync();
        return feed;
    }

    public Task NoteAsync(string stream, params string[] texts) => Store.AppendAsync(new StreamAppend(
        stream, ExpectedVersion.Any, [.. texts.Select((text, i) => new ThingNoted(text, i))])
    {
        Metadata = new EventMetadata("ada", "trace-1", "command-1", "10.1.2.3", "grace"),
    });

    public async Task<HealthReportEntry> HealthAsync() =>
        (await Get<HealthCheckService>().CheckHealthAsync()).Entries["audit-feed"];

    /// <summary>The messages of a kind in the listener's queue, in its order.</summary>
    public static async Task<List<T>> HeardAsync<T>(string connectionString, string type)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select data::text from bus.message where queue = 'listener' and type = $1 and subject = $2 order by position", connection)
        {
            Parameters = { new() { Value = type }, new() { Value = Service } },
        };
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        var heard = new List<T>();
        while (await reader.ReadAsync())
        {
            heard.Add(JsonSerializer.Deserialize<T>(reader.GetString(0), JsonSerializerOptions.Web)!);
        }

        return heard;
    }

    public static Task<List<EventsRecorded>> EventsAsync(string connectionString) =>
        HeardAsync<EventsRecorded>(connectionString, EventsRecorded.MessageName);

    /// <summary>What was told once <paramref name="count"/> events are out.</summary>
    public static async Task<List<EventsRecorded>> EventsAsync(string connectionString, int count)
    {
        List<EventsRecorded> told = [];
        await Eventually.HoldsAsync(
            async () => (told = await EventsAsync(connectionString)).Sum(message => message.Events.Count) >= count,
            $"{count} events are told",
            2 * Eventually.Bound);
        return told;
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> AskAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The digest of the store as PostgreSQL computes it, by the words of the format and without any code of ours.</summary>
    public static Task<string> DigestAsync(string connectionString) => AskAsync<string>(
        connectionString,
        $"""
        with recursive event as (
            select row_number() over (order by f.position) as n, f.position, e.id, e.data
            from {Schema}.event_store_feed f join {Schema}.mt_events e on e.seq_id = f.sequence),
        digest as (
            select 0::bigint as n, decode(repeat('00', 32), 'hex') as d
            union all
            select e.n, sha256(g.d || int8send(e.position) || uuid_send(e.id) || sha256(convert_to(e.data::text, 'UTF8')))
            from digest g join event e on e.n = g.n + 1)
        select encode(d, 'hex') from digest order by n desc limit 1
        """);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        await source.DisposeAsync();
    }
}
