using System.Net;
using Npgsql;

namespace AccessGov.IdentityFederation.SignIn;

/// <summary>
/// Failed sign-ins, as others are told of them: durable with the answer, counted together for a minute, and bounded. However many fail,
/// there is a row for each person, cause and network only, and when there are too many of those the rest is one row without a network:
/// nobody fills the disk by guessing. Of names that nobody has there are fewer rows, so that they do not hide what happens to people. What
/// was typed is kept nowhere: it may be a password.
/// </summary>
internal sealed class SignInFailures(NpgsqlDataSource database, TimeProvider clock)
{
    public const string CreateTable =
        """
        create table if not exists sign_in_failed (
            person text collate "C" not null, cause text not null, network text not null, failures int not null,
            first_at timestamptz not null, last_at timestamptz not null, primary key (person, cause, network));
        """;

    public const string Password = "password";
    public const string SecondFactor = "second_factor";
    public const string Passkey = "passkey";

    /// <summary>Nothing was looked at, because there were too many failures before.</summary>
    public const string HeldBack = "held_back";

    /// <summary>Who they are they have shown; they may not come in.</summary>
    public const string MayNotSignIn = "may_not_sign_in";

    /// <summary>How long failures are counted together before they are told.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>How many rows there may be of people.</summary>
    public const int PeopleMax = 200;

    /// <summary>How many rows there may be of names that nobody has.</summary>
    public const int NobodyMax = 50;

    private const int TakenMax = PeopleMax + NobodyMax + 20;

    /// <param name="Person">Who it was to be; null when nobody is known by what was shown.</param>
    /// <param name="Cause">What failed.</param>
    /// <param name="Network">Where from; null for all that were too many to tell apart.</param>
    /// <param name="Count">How often.</param>
    /// <param name="FirstAt">When it began.</param>
    /// <param name="LastAt">When it happened last.</param>
    public sealed record Counted(string? Person, string Cause, string? Network, int Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);

    /// <summary>Writes a failure down.</summary>
    /// <param name="person">Who it was to be; null when nobody is known by what was shown.</param>
    /// <param name="cause">What failed: one of the words above, or of the refusal of an identity provider.</param>
    /// <param name="address">Where from.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task RecordAsync(string? person, string cause, IPAddress? address, CancellationToken cancellation)
    {
        string network = SignInGuard.NetworkOf(address ?? IPAddress.None);
        if (!await CountAsync(
            """
            where exists (select from sign_in_failed where person = $1 and cause = $2 and network = $3)
                or (select count(*) from sign_in_failed where (person = '') = ($1 = '')) < $5
            """, person ?? "", cause, network, cancellation, person is null ? NobodyMax : PeopleMax))
        {
            await CountAsync("", "", cause, "", cancellation);
        }
    }

    /// <summary>Takes what was counted for long enough, in the transaction that tells of it.</summary>
    public async Task<IReadOnlyList<Counted>> TakeAsync(NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            delete from sign_in_failed where (person, cause, network) in
                (select person, cause, network from sign_in_failed where first_at <= $1 order by first_at limit $2 for update skip locked)
            returning person, cause, network, failures, first_at, last_at
            """, transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = clock.GetUtcNow() - Window });
        command.Parameters.Add(new() { Value = TakenMax });
        return await ReadModelRows.ReadAsync(
            command,
            row => new Counted(
                row.GetString(0) is { Length: > 0 } person ? person : null, row.GetString(1),
                row.GetString(2) is { Length: > 0 } network ? network : null, row.GetInt32(3),
                row.GetFieldValue<DateTimeOffset>(4), row.GetFieldValue<DateTimeOffset>(5)),
            cancellation);
    }

    private async Task<bool> CountAsync(
        string condition, string person, string cause, string network, CancellationToken cancellation, int? most = null)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            $"""
            insert into sign_in_failed as known (person, cause, network, failures, first_at, last_at)
            select $1::text, $2::text, $3::text, 1, $4::timestamptz, $4 {condition}
            on conflict (person, cause, network) do update set
                failures = least(known.failures, 2147483646) + 1, last_at = greatest(known.last_at, excluded.last_at)
            """);
        command.Parameters.Add(new() { Value = person });
        command.Parameters.Add(new() { Value = cause });
        command.Parameters.Add(new() { Value = network });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        if (most is { } rows)
        {
            command.Parameters.Add(new() { Value = rows });
        }

        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }
}
