using System.Net;
using System.Security.Cryptography;
using System.Text;
using AccessGov.IdentityFederation.Sessions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// Slows guessing down. What fails is counted for an account from a network: from the fifth failure on each doubles the wait, up to 15
/// minutes, for that pair only. Whoever guesses a password elsewhere does not lock a clinician out; nor, on a device that the person has
/// signed in on, does a guesser beside them. A second factor, which is short and asked for only when the password is known, is counted over
/// all networks too. A network outside has a limit of its own; one of the hospital has none: whole wards are behind one address, and
/// anybody there could stop them. In the database, so that replicas count together, and an attempt is counted before it is looked at: a
/// hundred at once get no further.
/// </summary>
internal sealed class SignInGuard(
    NpgsqlDataSource database, IOptions<IdentityFederationOptions> options, IOptions<SessionLimits> limits, TimeProvider clock)
{
    public const string CreateTable =
        """
        create table if not exists sign_in_failure (
            subject text collate "C" not null, network text collate "C" not null, failures int not null, last_at timestamptz not null,
            primary key (subject, network));
        create index if not exists sign_in_failure_age on sign_in_failure (last_at);
        """;

    /// <summary>The failures that cost nothing but a message.</summary>
    public const int FreeFailures = 4;

    /// <summary>How many failures one network outside may have in ten minutes, whoever is guessed at.</summary>
    public const int NetworkFailuresMax = 100;

    private const string Everybody = "";
    private const string Everywhere = "everywhere";
    private const int FailuresTidied = 100;

    private const string CountForAccount =
        $"""
        insert into sign_in_failure as known (subject, network, failures, last_at) values ($1, $2, 1, $3)
        on conflict (subject, network) do update set
            failures = case when known.last_at <= $3 - interval '1 day' then 1 else known.failures + 1 end, last_at = $3
        where known.failures <= $4 or known.last_at + {Wait} <= $3
        """;

    private const string CountForNetwork =
        """
        insert into sign_in_failure as known (subject, network, failures, last_at) values ($1, $2, 1, $3)
        on conflict (subject, network) do update set
            failures = case when known.last_at <= $3 - interval '10 minutes' then 1 else known.failures + 1 end,
            last_at = case when known.last_at <= $3 - interval '10 minutes' then $3 else known.last_at end
        where known.last_at <= $3 - interval '10 minutes' or known.failures < $4
        """;

    private const string Wait = "interval '1 second' * least(900, power(2, least(known.failures - 5, 20)))";

    // Derived for this use. What somebody typed as a user name may be a password: it is never kept readable.
    private readonly byte[] key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256, SecretKeyFile.Read(options.Value.KeyEncryptionKeyFile), 32, info: "accessgov sign-in guard"u8.ToArray());

    /// <param name="Subject">Whom it is about, unreadably.</param>
    /// <param name="Network">Where from: a network, or a device that is known.</param>
    /// <param name="Counted">The network that has the limit; null for one of the hospital, and for a device that is known.</param>
    /// <param name="EverywhereToo">Whether what fails is counted over all networks besides.</param>
    public sealed record Attempt(string Subject, string Network, string? Counted, bool EverywhereToo);

    /// <summary>A password, of whoever has this name.</summary>
    /// <param name="name">The name as names are compared, whether somebody has it or not.</param>
    /// <param name="http">The request: where from.</param>
    /// <param name="device">The device, where this person has signed in on it.</param>
    public Attempt OfPassword(string name, HttpContext http, string? device) =>
        Of($"password\nname\n{name}", http, device, everywhere: false);

    /// <summary>A second factor of somebody who has shown the first one.</summary>
    /// <param name="person">Who.</param>
    /// <param name="http">The request: where from.</param>
    /// <param name="device">The device, where this person has signed in on it.</param>
    public Attempt OfSecondFactor(string person, HttpContext http, string? device) =>
        Of($"second-factor\nperson\n{person}", http, device, everywhere: true);

    /// <summary>Counts an attempt as failed until it succeeds.</summary>
    /// <returns>Null, or how long to wait: then nothing may be looked at, and nothing was counted.</returns>
    public async Task<TimeSpan?> BeginAsync(Attempt attempt, CancellationToken cancellation)
    {
        // One who waits is counted nowhere, so that hammering at one account does not use a network's limit up. Always in this order:
        // nobody waits in a circle.
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        TimeSpan? wait = await CountAsync(transaction, CountForAccount, attempt.Subject, attempt.Network, FreeFailures, cancellation)
            ? null
            : await WaitAsync(transaction, attempt.Subject, attempt.Network, cancellation);
        if (wait is null && attempt.EverywhereToo
            && !await CountAsync(transaction, CountForAccount, attempt.Subject, Everywhere, FreeFailures, cancellation))
        {
            wait = await WaitAsync(transaction, attempt.Subject, Everywhere, cancellation);
        }

        if (wait is null && attempt.Counted is { } network
            && !await CountAsync(transaction, CountForNetwork, Everybody, network, NetworkFailuresMax, cancellation))
        {
            wait = TimeSpan.FromMinutes(10);
        }

        if (wait is null)
        {
            await transaction.CommitAsync(cancellation);
        }

        return wait;
    }

    /// <summary>It was no failure.</summary>
    public async Task SucceededAsync(Attempt attempt, CancellationToken cancellation)
    {
        await using NpgsqlBatch batch = database.CreateBatch();
        batch.BatchCommands.Add(ReadModelRows.Statement(
            "delete from sign_in_failure where subject = $1 and network = $2", attempt.Subject, attempt.Network));
        if (attempt.EverywhereToo)
        {
            batch.BatchCommands.Add(ReadModelRows.Statement(
                "delete from sign_in_failure where subject = $1 and network = $2", attempt.Subject, Everywhere));
        }

        batch.BatchCommands.Add(ReadModelRows.Statement(
            "update sign_in_failure set failures = greatest(0, failures - 1) where subject = '' and network = $1", attempt.Counted ?? ""));
        batch.BatchCommands.Add(ReadModelRows.Statement(
            """
            delete from sign_in_failure where (subject, network) in
                (select subject, network from sign_in_failure where last_at < $1 order by last_at limit $2 for update skip locked)
            """, clock.GetUtcNow() - TimeSpan.FromDays(2), FailuresTidied));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>A network as it is given to one subscriber: /24 of IPv4, /64 of IPv6.</summary>
    internal static string NetworkOf(IPAddress address)
    {
        IPAddress one = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        byte[] bytes = one.GetAddressBytes();
        int kept = bytes.Length == 4 ? 3 : 8;
        Array.Clear(bytes, kept, bytes.Length - kept);
        return $"{new IPAddress(bytes)}/{kept * 8}";
    }

    private Attempt Of(string what, HttpContext http, string? device, bool everywhere)
    {
        string subject = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(what)));
        IPAddress from = http.Connection.RemoteIpAddress ?? IPAddress.None;
        return device is null
            ? new Attempt(subject, NetworkOf(from), limits.Value.IsInside(http) ? null : NetworkOf(from), everywhere)
            : new Attempt(subject, $"device {device}", null, EverywhereToo: false);
    }

    private async Task<bool> CountAsync(
        NpgsqlTransaction transaction, string sql, string subject, string network, int most, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = subject });
        command.Parameters.Add(new() { Value = network });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = most });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    private async Task<TimeSpan> WaitAsync(NpgsqlTransaction transaction, string subject, string network, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"select last_at + {Wait} from sign_in_failure known where subject = $1 and network = $2", transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = subject });
        command.Parameters.Add(new() { Value = network });
        DateTimeOffset until = await command.ExecuteScalarAsync(cancellation) is DateTime at ? new DateTimeOffset(at) : clock.GetUtcNow();
        TimeSpan left = until - clock.GetUtcNow();
        return left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
    }
}
