using System.Collections.Concurrent;
using AccessGov.Messaging.Postgres;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AccessGov.Messaging.Tests;

public sealed record Noted(string Subject, int Number);

public sealed record Echoed(string Text);

/// <summary>What the handler of <see cref="Noted"/> does beside writing its effect; each test gives its own.</summary>
public sealed class Behaviour
{
    public Func<Noted, MessageEnvelope, NpgsqlTransaction, CancellationToken, Task> Run { get; init; } = (_, _, _, _) => Task.CompletedTask;

    public ConcurrentQueue<MessageEnvelope> Seen { get; } = new();
}

public static class WhenNoted
{
    public static async Task Handle(
        Noted message, MessageEnvelope envelope, NpgsqlTransaction transaction, Behaviour behaviour, MessagingOptions options, CancellationToken cancellation)
    {
        behaviour.Seen.Enqueue(envelope);
        await using var command = new NpgsqlCommand(
            "insert into effect (queue, subject, number, message) values ($1, $2, $3, $4)", transaction.Connection, transaction);
        Array.ForEach<object>([options.Queue, message.Subject, message.Number, envelope.Id], value => command.Parameters.Add(new() { Value = value }));
        await command.ExecuteNonQueryAsync(cancellation);
        await behaviour.Run(message, envelope, transaction, cancellation);
    }
}

/// <summary>A clock that a test moves; timers run by the real one.</summary>
public sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref ticks), TimeSpan.Zero);

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}

/// <summary>One process of a service: a host with a pool of its own.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly IHost host;

    private TestService(IHost host) => this.host = host;

    public IMessageBus Bus => Get<IMessageBus>();

    public DeadLetters DeadLetters => Get<DeadLetters>();

    public Behaviour Behaviour => Get<Behaviour>();

    public T Get<T>()
        where T : notnull => host.Services.GetRequiredService<T>();

    public static async Task<TestService> StartAsync(
        string connectionString, string queue, Behaviour? behaviour = null, Action<MessagingOptions>? configure = null,
        QueueStatements? sql = null, TimeProvider? clock = null, ILoggerProvider? log = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }

        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(connectionString));
        builder.Services.AddSingleton(behaviour ?? new Behaviour());
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddMessaging(options =>
        {
            options.Queue = queue;
            options.Message<Noted>("test.noted.v1");
            options.Message<Echoed>("test.echoed.v1");
            options.Retry.FirstDelay = TimeSpan.FromMilliseconds(5);
            options.Retry.MaxDelay = TimeSpan.FromMilliseconds(50);
            configure?.Invoke(options);
        });
        if (sql is not null)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(sql));
        }

        var service = new TestService(builder.Build());
        await service.host.StartAsync();
        return service;
    }

    /// <summary>The same, with the handler of <see cref="Noted"/>, and subscribed when the task completes.</summary>
    public static async Task<TestService> StartConsumerAsync(
        string connectionString, string queue, Behaviour? behaviour = null, Action<MessagingOptions>? configure = null,
        QueueStatements? sql = null, TimeProvider? clock = null)
    {
        TestService service = await StartAsync(
            connectionString, queue, behaviour,
            options =>
            {
                options.Handler(typeof(WhenNoted));
                configure?.Invoke(options);
            },
            sql, clock);
        await Eventually.HoldsAsync(
            async () => (bool)(await Database.ScalarAsync(connectionString, $"select exists (select from bus.subscription where queue = '{queue}')"))!,
            "the queue is subscribed");
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }
}

internal static class Database
{
    /// <summary>A new database with the schema, a table for effects, and queues.</summary>
    public static async Task<string> CreateAsync(PostgresServer server, params string[] queues)
    {
        string connectionString = await server.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await MessagingSchema.CreateAsync(connection);
        foreach (string queue in queues)
        {
            await MessagingSchema.GrantAsync(connection, "postgres", queue);
        }

        await ExecuteAsync(connection, "create table effect (at bigserial, queue text, subject text, number integer, message uuid)");
        return connectionString;
    }

    public static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public static async Task<long> CountAsync(string connectionString, string from) =>
        (long)(await ScalarAsync(connectionString, $"select count(*) from {from}"))!;

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The numbers that took effect for each subject, in the order in which they did.</summary>
    public static async Task<Dictionary<string, List<int>>> EffectsAsync(string connectionString, string queue)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"select subject, number from effect where queue = '{queue}' order by at", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        var effects = new Dictionary<string, List<int>>();
        while (await reader.ReadAsync())
        {
            effects.TryAdd(reader.GetString(0), []);
            effects[reader.GetString(0)].Add(reader.GetInt32(1));
        }

        return effects;
    }

    public static Task WaitUntilEmptyAsync(string connectionString, string queue, TimeSpan? bound = null) =>
        Eventually.HoldsAsync(
            async () => await CountAsync(connectionString, $"bus.message where queue = '{queue}'") == 0, $"the queue {queue} is empty", bound);
}
