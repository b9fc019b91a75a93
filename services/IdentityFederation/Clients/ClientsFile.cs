using System.Text.Json;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Tokens;
using AccessGov.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace AccessGov.IdentityFederation.Clients;

/// <summary>
/// Registers the clients of a file that are not known yet, so that a new installation has an administrator. What is known stays as it is:
/// the file is a beginning, not the truth. Registered before the store starts, tried until it has.
/// </summary>
internal sealed class ClientsFile : BackgroundService
{
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    private readonly IEventStore store;
    private readonly TimeProvider clock;
    private readonly FailureLog failures;
    private readonly IReadOnlyList<(string Id, IReadOnlyList<ClientEvent> Events)> clients;

    /// <exception cref="InvalidDataException">The file does not hold what it should: the service does not start.</exception>
    public ClientsFile(
        IEventStore store, IOptions<IdentityFederationOptions> options, IOptions<AuthenticationSettings> authentication,
        TimeProvider clock, ILogger<ClientsFile> logger)
    {
        this.store = store;
        this.clock = clock;
        failures = new FailureLog(clock, logger);
        clients = options.Value.ClientsFile is { Length: > 0 } file ? Read(file, authentication.Value.Audience) : [];
    }

    /// <param name="Id">The client.</param>
    /// <param name="Scopes">What it may ask for.</param>
    public sealed record Entry(string Id, string[] Scopes)
    {
        /// <summary>The SHA-256 of its secret, 64 hexadecimal digits; none for a public client.</summary>
        public string? SecretSha256 { get; init; }

        /// <summary>True for a client that runs where it can keep nothing secret.</summary>
        public bool Public { get; init; }

        public int TokenMinutes { get; init; } = ClientDefinition.TokenMinutesUsual;

        public ClientGrant[]? Grants { get; init; }

        public string[]? RedirectUris { get; init; }

        public string[]? PostLogoutRedirectUris { get; init; }

        public string? BackchannelLogoutUri { get; init; }

        public bool OfflineAccess { get; init; }

        public string IdTokenAlgorithm { get; init; } = ClientKey.Rs256;

        public RegisterClient.Command Command => new(Id, Scopes, Public ? ClientAuthentication.None : ClientAuthentication.Secret)
        {
            TokenMinutes = TokenMinutes, Grants = Grants, RedirectUris = RedirectUris, PostLogoutRedirectUris = PostLogoutRedirectUris,
            BackchannelLogoutUri = BackchannelLogoutUri, OfflineAccess = OfflineAccess, IdTokenAlgorithm = IdTokenAlgorithm,
        };
    }

    public static Outcome<ClientEvent> Decide(Client state, IReadOnlyList<ClientEvent> events) =>
        state is Client.Unknown ? new Outcome<ClientEvent>.Accepted(events) : Outcome.NothingToDo<ClientEvent>();

    public override void Dispose()
    {
        failures.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.Started.WaitAsync(stoppingToken);
        foreach ((string id, IReadOnlyList<ClientEvent> events) in clients)
        {
            while (!await RegisteredAsync(id, events, stoppingToken))
            {
                await Task.Delay(BetweenAttempts, clock, stoppingToken);
            }
        }

        failures.Over();
    }

    private async Task<bool> RegisteredAsync(string id, IReadOnlyList<ClientEvent> events, CancellationToken cancellation)
    {
        try
        {
            await store.RunAsync(Client.Streams, id, state => Decide(state, events),
                new EventMetadata(Actor: Refusals.Service, Source: "clients file"), alongside: TokenSubjects.TakeForClient(id),
                cancellation: cancellation);
            return true;
        }
        catch (RefusedAlongsideException refused)
        {
            failures.Failed($"The client {id} of the file is not registered", refused.Refusal.Sentence);
            return true;
        }
        catch (Exception e) when (CommandRunner.NotWritten(e) is not null)
        {
            failures.Outage("The clients of the file cannot be registered, it is tried again until they can", e.Message, e);
            return false;
        }
    }

    private static List<(string Id, IReadOnlyList<ClientEvent> Events)> Read(string file, string audience)
    {
        Entry[] entries = JsonSerializer.Deserialize<Entry[]>(File.ReadAllText(file), StrictJson.Options) ?? [];
        return [.. entries.Select(entry => (entry.Id, EventsOf(file, entry, audience)))];
    }

    private static IReadOnlyList<ClientEvent> EventsOf(string file, Entry entry, string audience) =>
        RegisterClient.Decide(Client.Streams.Initial, entry.Id, entry.Command, audience) switch
        {
            Outcome<ClientEvent>.Accepted accepted when entry is { Public: true, SecretSha256: null } => accepted.Events,
            Outcome<ClientEvent>.Accepted accepted when
                entry is { Public: false, SecretSha256: { Length: 64 } sha256 } && sha256.All(char.IsAsciiHexDigit) =>
                [.. accepted.Events, new ClientSecretRotated(sha256.ToLowerInvariant(), null)],
            Outcome<ClientEvent>.Refused refused =>
                throw new InvalidDataException($"The client {entry.Id} in {file}: {refused.Reason.Sentence}"),
            _ => throw new InvalidDataException(
                $"The client {entry.Id} in {file} needs the SHA-256 of its secret in 64 hexadecimal digits, or is public and has none."),
        };
}
