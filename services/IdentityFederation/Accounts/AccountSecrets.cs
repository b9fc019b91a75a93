using System.Buffers.Text;
using AccessGov.EventSourcing;
using AccessGov.IdentityFederation.Tokens;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace AccessGov.IdentityFederation.Accounts;

/// <summary>
/// What opens accounts, written in the transaction of the event that tells of it. Not in events: those stay for ever, while a replaced hash or secret is gone
/// from here at once, and all of a person's is when the person is deprovisioned.
/// </summary>
internal sealed class AccountSecrets(NpgsqlDataSource database, KeyVault vault)
{
    public const string CreateTable =
        """
        create table if not exists account_password (
            person text collate "C" primary key references person_directory (id) on delete cascade, hash text not null);
        create table if not exists account_authenticator_app (
            person text collate "C" primary key references person_directory (id) on delete cascade, sealed text not null, last_step bigint not null);
        create table if not exists account_recovery_code (
            person text collate "C" not null references person_directory (id) on delete cascade, sha256 text not null, primary key (person, sha256));
        create table if not exists account_passkey (
            credential_id bytea primary key, person text collate "C" not null references person_directory (id) on delete cascade,
            public_key bytea not null, sign_count bigint not null, name text not null, transports text[] not null, created_at timestamptz not null,
            used_at timestamptz, user_verified boolean not null, backup_eligible boolean not null, backed_up boolean not null);
        create index if not exists account_passkey_of on account_passkey (person);
        """;

    /// <summary>A passkey, and when it was used last.</summary>
    public sealed record Passkey(UserPasskeyInfo Known, string Id, string Name, DateTimeOffset? UsedAt);

    public static Alongside SetPassword(string person, string hash) => Runs(
        "insert into account_password (person, hash) values ($1, $2) on conflict (person) do update set hash = excluded.hash", person, hash);

    public static Alongside RemovePassword(string person) => Runs("delete from account_password where person = $1", person);

    public Alongside SetApp(string person, byte[] secret, long usedStep) => Runs(
        """
        insert into account_authenticator_app (person, sealed, last_step) values ($1, $2, $3)
        on conflict (person) do update set sealed = excluded.sealed, last_step = excluded.last_step
        """, person, vault.Seal(SecretName(person), secret), usedStep);

    public static Alongside RemoveApp(string person) => Runs("delete from account_authenticator_app where person = $1", person);

    public static Alongside SetRecoveryCodes(string person, string[] hashes) => Runs(
        "with gone as (delete from account_recovery_code where person = $1) insert into account_recovery_code (person, sha256) select $1, unnest($2)",
        person, hashes);

    public static Alongside SpendRecoveryCode(string person, string sha256) => Runs(
        "delete from account_recovery_code where person = $1 and sha256 = $2", person, sha256);

    public static Alongside SetPasskey(string person, UserPasskeyInfo passkey, string name) => Runs(
        """
        insert into account_passkey (credential_id, person, public_key, sign_count, name, transports, created_at, user_verified, backup_eligible, backed_up)
        values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10)
        """, person, passkey.CredentialId, passkey.PublicKey, (long)passkey.SignCount, name, passkey.Transports ?? [], passkey.CreatedAt.ToUniversalTime(),
        passkey.IsUserVerified, passkey.IsBackupEligible, passkey.IsBackedUp);

    public static Alongside UsePasskey(string person, UserPasskeyInfo passkey, DateTimeOffset now) => Runs(
        "update account_passkey set sign_count = $3, backed_up = $4, used_at = $5 where person = $1 and credential_id = $2",
        person, passkey.CredentialId, (long)passkey.SignCount, passkey.IsBackedUp, now);

    public static Alongside RemovePasskey(string person, byte[] credentialId) => Runs(
        "delete from account_passkey where person = $1 and credential_id = $2", person, credentialId);

    /// <summary>The hash of a person's password; null without one.</summary>
    public async Task<string?> FindPasswordAsync(string person, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("select hash from account_password where person = $1");
        command.Parameters.Add(new() { Value = person });
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>Whether a code is one of the person's authenticator app, now, and was not before. A time step counts once, whichever replica is asked.</summary>
    public async Task<bool> TakeCodeAsync(string person, string code, DateTimeOffset now, CancellationToken cancellation)
    {
        await using NpgsqlCommand find = database.CreateCommand("select sealed from account_authenticator_app where person = $1");
        find.Parameters.Add(new() { Value = person });
        if (await find.ExecuteScalarAsync(cancellation) is not string box || OneTimeCodes.StepOf(vault.Unseal(SecretName(person), box), code, now) is not { } step)
        {
            return false;
        }

        await using NpgsqlCommand take = database.CreateCommand(
            "update account_authenticator_app set last_step = $2 where person = $1 and last_step < $2");
        take.Parameters.Add(new() { Value = person });
        take.Parameters.Add(new() { Value = step });
        return await take.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>A person's passkeys, oldest first.</summary>
    public async Task<IReadOnlyList<Passkey>> PasskeysAsync(string person, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            """
            select credential_id, public_key, sign_count, name, transports, created_at, user_verified, backup_eligible, backed_up, used_at
            from account_passkey where person = $1 order by created_at, credential_id
            """);
        command.Parameters.Add(new() { Value = person });
        return await ReadModelRows.ReadAsync(command, Read, cancellation);
    }

    /// <summary>Whose passkey it is; null when it is nobody's.</summary>
    public async Task<string?> OwnerOfAsync(byte[] credentialId, CancellationToken cancellation)
    {
        await using NpgsqlCommand command = database.CreateCommand("select person from account_passkey where credential_id = $1");
        command.Parameters.Add(new() { Value = credentialId });
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }

    private static Passkey Read(NpgsqlDataReader row)
    {
        byte[] id = row.GetFieldValue<byte[]>(0);
        var known = new UserPasskeyInfo(
            id, row.GetFieldValue<byte[]>(1), row.GetFieldValue<DateTimeOffset>(5), (uint)row.GetInt64(2), row.GetFieldValue<string[]>(4),
            row.GetBoolean(6), row.GetBoolean(7), row.GetBoolean(8), [], []);
        return new Passkey(known, Base64Url.EncodeToString(id), row.GetString(3), ReadModelRows.Instant(row, 9));
    }

    // What no row held was not there to change: somebody else was faster, and nothing is written.
    private static Alongside Runs(string sql, params object[] values) => async (transaction, _, cancellation) =>
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        Array.ForEach(values, value => command.Parameters.Add(new() { Value = value }));
        if (await command.ExecuteNonQueryAsync(cancellation) == 0)
        {
            throw new RefusedAlongsideException(new("credential_unknown", "This is not among what you sign in with: it may be removed already."));
        }
    };

    private static string SecretName(string person) => $"authenticator app of {person}";
}
