using AccessGov.Audit.Ingest;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Witnesses;

/// <summary>
/// While this process leads, asks all witnesses once a second to cosign the same checkpoint, the newest; each has at most one request. What
/// they give goes into <c>checkpoint</c> as long as it is the one that they cosigned, and into <c>checkpoint.witnessed</c>. Nobody waits
/// for a witness that failed last time, and the trail for none.
/// </summary>
internal sealed class Cosigning : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryMost = TimeSpan.FromSeconds(30);
    private const long AnswerBytesMax = 64 * 1024;

    private readonly List<Asked> witnesses;
    private readonly CheckpointSigner signer;
    private readonly WitnessStates states;
    private readonly TimeProvider clock;
    private readonly FailureLog failures;
    private readonly Intake intake;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = AnswerBytesMax,
    };

    public Cosigning(
        IOptions<WitnessesOptions> options, IOptions<AuditOptions> audit, CheckpointSigner signer, WitnessStates states, Intake intake,
        TimeProvider clock, ILogger<Cosigning> log)
    {
        (this.signer, this.states, this.intake, this.clock) = (signer, states, intake, clock);
        failures = new FailureLog(clock, log);
        var tiles = new TileDirectory(audit.Value.TrailDirectory);
        witnesses = [.. options.Value.Witnesses.Select(witness => new Asked(witness.Key, new WitnessClient(http, witness.Value, tiles)))];
    }

    public override void Dispose()
    {
        failures.Dispose();
        http.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (witnesses.Count == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                await RoundAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(witnesses.Select(witness => witness.Request)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        try
        {
            if (!signer.Leads || signer.Published() is not { } published)
            {
                return;
            }

            TakeUp(published);
            Asked[] waitedFor = [.. witnesses.Where(witness => states.Of(witness.Name).Failure is null)];
            foreach (Asked witness in witnesses.Where(witness => IsDue(witness, published)))
            {
                witness.Request = AskAsync(witness, published, stopping);
            }

            await Task.WhenAll(waitedFor.Select(witness => witness.Request));
            Keep(published);
            failures.Over("Cosignatures cannot be kept");
        }
        catch (Exception broken) when (!stopping.IsCancellationRequested)
        {
            failures.Outage("Cosignatures cannot be kept", broken.Message);
        }
    }

    private bool IsDue(Asked witness, PublishedCheckpoint published) =>
        witness.Request.IsCompleted && clock.GetUtcNow() >= witness.NotBefore && witness.Cosignature?.Text != published.Note.Text;

    /// <summary>What was cosigned before a restart need not be cosigned again.</summary>
    private void TakeUp(PublishedCheckpoint published)
    {
        foreach (Asked witness in witnesses.Where(witness => witness.Cosignature is null && published.Note.IsSignedBy(witness.Client.Key)))
        {
            NoteSignature line = published.Note.Signatures.First(line =>
                line.KeyId == witness.Client.Key.Id && line.KeyName == witness.Client.Key.Name);
            witness.Cosignature = new Cosignature(published.Note.Text, line);
            states.Cosigned(witness.Name, published.Checkpoint.Size, NoteKey.TimeOf(line.Signature.Span)!.Value);
        }
    }

    /// <summary>Never throws but when the service stops.</summary>
    private async Task AskAsync(Asked witness, PublishedCheckpoint published, CancellationToken stopping)
    {
        try
        {
            NoteSignature line = await witness.Client.CosignAsync(published, stopping);
            witness.Cosignature = new Cosignature(published.Note.Text, line);
            (witness.Failures, witness.NotBefore) = (0, DateTimeOffset.MinValue);
            signer.Cosign(published.With([line]));
            states.Cosigned(witness.Name, published.Checkpoint.Size, clock.GetUtcNow());
            failures.Over(witness.Name);
            witness.IsTold = false;
        }
        catch (Exception refused) when (!stopping.IsCancellationRequested)
        {
            string code = refused is WitnessException said ? said.Code : "trail_unreadable";
            double pause = Math.Min(RetryMost.TotalSeconds, Math.Pow(2, Math.Min(witness.Failures++, 10)));
            witness.NotBefore = clock.GetUtcNow() + TimeSpan.FromSeconds(pause);
            states.Failed(witness.Name, code);
            LogLevel level = code == "contradicted" ? LogLevel.Error : LogLevel.Warning;
            failures.Outage(witness.Name, $"The witness does not cosign ({code}): {refused.Message}", level: level);
            witness.IsTold = witness.IsTold || (code == "contradicted" && await TellAsync(witness.Name, stopping));
        }
    }

    /// <summary>Puts into the trail that a witness has seen another one; answers whether that was done.</summary>
    private async Task<bool> TellAsync(string witness, CancellationToken stopping)
    {
        DateTimeOffset now = clock.GetUtcNow();
        try
        {
            await intake.AcceptAsync(Refusals.Service, [new AuditRecord
            {
                EventId = $"witness {witness} {now.UtcTicks}", OccurredAt = now, Kind = "trail.contradicted",
                Action = AuditActions.SecurityAlert, Outcome = AuditOutcomes.Failure, Service = Refusals.Service, Reason = "contradicted",
                Resource = $"TrailWitness::{witness}",
            }], stopping);
            return true;
        }
        catch (Exception away) when (!stopping.IsCancellationRequested)
        {
            failures.Outage($"{witness}, telling of it", away.Message);
            return false;
        }
    }

    private void Keep(PublishedCheckpoint published)
    {
        NoteSignature[] given = [.. witnesses.Select(witness => witness.Cosignature).OfType<Cosignature>()
            .Where(one => one.Text == published.Note.Text).Select(one => one.Line)];
        if (given.Length > 0)
        {
            signer.KeepWitnessed(published.With(given));
        }
    }

    private sealed record Cosignature(string Text, NoteSignature Line);

    private sealed class Asked(string name, WitnessClient client)
    {
        public string Name => name;

        public WitnessClient Client => client;

        public Task Request { get; set; } = Task.CompletedTask;

        public Cosignature? Cosignature { get; set; }

        public int Failures { get; set; }

        /// <summary>That it contradicts is in the trail: once, until it cosigns again.</summary>
        public bool IsTold { get; set; }

        public DateTimeOffset NotBefore { get; set; }
    }
}
