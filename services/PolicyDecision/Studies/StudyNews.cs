using AccessGov.EventSourcing;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly;

namespace AccessGov.PolicyDecision.Studies;

/// <summary>
/// Creates the table and then listens for changes of studies on any replica. While it cannot listen, what is in memory serves on for a bounded time
/// (the database is away then, and decisions go on), nothing is added to it, and it is forgotten as soon as the news arrive again.
/// </summary>
internal sealed class StudyNews(StudySchema schema, StudyIndex index, IOptions<StudyIndexOptions> options, TimeProvider clock, ILogger<StudyNews> log)
    : BackgroundService
{
    private readonly FailureLog failures = new(clock, log);
    private long? silentSince;

    /// <summary>Whether changes made elsewhere are heard now.</summary>
    public bool Listening { get; private set; }

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ResiliencePipeline again = UntilItWorks.Pipeline(clock, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5), BeSilent, stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            // Each time the connection was good the waiting starts from the shortest again.
            await again.ExecuteAsync(async cancellation => await OpenAsync(cancellation), stoppingToken);
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                BeSilent(failure);
            }
            finally
            {
                await CloseAsync();
            }
        }
    }

    private NpgsqlConnection? connection;

    private async Task OpenAsync(CancellationToken cancellation)
    {
        await CloseAsync();
        await schema.CreateAsync(cancellation);
        connection = await schema.Database.OpenConnectionAsync(cancellation);
        connection.Notification += (_, news) => index.Forget(news.Payload.Split(','));
        await using var listen = new NpgsqlCommand($"listen {schema.Channel}", connection);
        await listen.ExecuteNonQueryAsync(cancellation);
        index.StartRemembering();
        silentSince = null;
        Listening = true;
        failures.Over();
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (!await connection!.WaitAsync(options.Value.ListenCheckEvery, cancellation))
            {
                // A cable that was pulled says nothing: only a question finds it out.
                await using var ask = new NpgsqlCommand("select 1", connection) { CommandTimeout = 5 };
                await ask.ExecuteNonQueryAsync(cancellation);
            }
        }
    }

    private void BeSilent(Exception failure)
    {
        index.StopRemembering();
        failures.Outage($"Changes of studies are not heard, the studies in memory serve for at most {options.Value.StaleAtMost}", failure.Message, failure);
        silentSince ??= clock.GetTimestamp();
        Listening = false;
        if (clock.GetElapsedTime(silentSince.Value) > options.Value.StaleAtMost)
        {
            index.ForgetEverything();
        }
    }

    private async Task CloseAsync()
    {
        if (connection is not null)
        {
            await connection.DisposeAsync();
            connection = null;
        }
    }
}
