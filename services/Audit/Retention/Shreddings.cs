using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.EventSourcing;
using Npgsql;
using NpgsqlTypes;

namespace AccessGov.Audit.Retention;

/// <summary>
/// What is proposed for shredding and who decided: each step in one transaction with its event for the trail. Thread-safe.
/// </summary>
internal sealed class Shreddings(
    TrailDatabase database, SubjectLookup lookup, RetentionClasses classes, ReasonCipher reasons, Intake intake, TimeProvider clock)
{
    /// <summary>Proposes what a person asks for.</summary>
    /// <param name="id">The new shredding's id.</param>
    /// <param name="command">What they ask for.</param>
    /// <param name="decide">Whether it may be proposed.</param>
    /// <param name="note">The event for the trail; is given the patient's token, null where it is about none.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<Refusal?> ProposeAsync(
        Guid id, ProposeShredding.Command command, Func<KeyCoverage, Refusal?> decide, Func<string?, AuditRecord> note,
        CancellationToken cancellation)
    {
        byte[]? subject = command.Patient is { } patient ? lookup.Of(Subject.Patient(patient)) : null;
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        KeyCoverage coverage = await ShreddingRows.CoverageAsync(
            ShreddingRows.Scope(subject, command.Class, command.Year), classes, clock.GetUtcNow(), connection, transaction, cancellation);
        if (decide(coverage) is { } refused)
        {
            return refused;
        }

        AuditRecord noted = note(subject is null ? null : await SubjectTokens.OfAsync(subject, connection, transaction, cancellation));
        var insert = new Insert(id, command.GroundOrExpired, command.Exception, subject, command.Class, command.Year, command.Basis!,
            noted.Actor!);
        if (!await InsertAsync(insert, transaction, cancellation))
        {
            return new Refusal("already_proposed", "It is proposed already: GET /shreddings lists it.");
        }

        await intake.AcceptAsync(Refusals.Service, [noted], transaction, cancellation);
        await transaction.CommitAsync(cancellation);
        return null;
    }

    /// <summary>Proposes what has expired and is not held; what somebody denied once, a person proposes again.</summary>
    public async Task ProposeExpiredAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        foreach (RetentionClass one in classes.All)
        {
            foreach (int year in await ExpiredYearsAsync(one, now, connection, cancellation))
            {
                await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
                KeyCoverage coverage = await ShreddingRows.CoverageAsync(
                    ShreddingRows.Scope(null, one.Name, year), classes, now, connection, transaction, cancellation);
                Guid id = Guid.CreateVersion7(now);
                if (coverage.Forbids(ShreddingGrounds.Expired, hasException: false) is null
                    && await InsertAsync(new Insert(id, ShreddingGrounds.Expired, null, null, one.Name, year, one.Basis,
                        Shredding.Service), transaction, cancellation))
                {
                    await intake.AcceptAsync(Refusals.Service, [Deed.OfService(now, "shredding.proposed", $"Shredding::{id}")],
                        transaction, cancellation);
                }

                await transaction.CommitAsync(cancellation);
            }
        }
    }

    /// <summary>Approves; the second approval is the one that counts.</summary>
    public async Task<Refusal?> ApproveAsync(
        Guid id, Func<Shredding, KeyCoverage, bool, Refusal?> decide, AuditRecord noted, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ShreddingRows.LockAsync(id, null, transaction, cancellation) is not { } shredding)
        {
            return Unknown;
        }

        (byte[]? subject, bool hasException) = await ShreddingRows.WhomAsync(id, transaction, cancellation);
        KeyCoverage coverage = await ShreddingRows.CoverageAsync(
            ShreddingRows.Scope(subject, shredding.Class, shredding.Year), classes, clock.GetUtcNow(), connection, transaction,
            cancellation);
        if (decide(shredding, coverage, hasException) is { } refused)
        {
            return refused;
        }

        bool isSecond = shredding.FirstApprover is not null;
        await UpdateAsync(
            isSecond ? "second_approver = $2, decided_at = $3, state = 'approved'" : "first_approver = $2, decided_at = $3", id, noted,
            transaction, cancellation);
        return null;
    }

    public async Task<Refusal?> DenyAsync(Guid id, Func<Shredding, Refusal?> decide, AuditRecord noted, CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        if (await ShreddingRows.LockAsync(id, null, transaction, cancellation) is not { } shredding)
        {
            return Unknown;
        }

        if (decide(shredding) is { } refused)
        {
            return refused;
        }

        await UpdateAsync(
            "finished_at = $3, reason = null, lookup = null, state = 'denied', first_approver = nullif(first_approver, $2)",
            id, noted, transaction, cancellation);
        return null;
    }

    public static Refusal Unknown { get; } = new("shredding_unknown", "There is no such shredding: GET /shreddings lists them.");

    private async Task UpdateAsync(string set, Guid id, AuditRecord noted, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var update = new NpgsqlCommand($"update trail.shredding set {set} where id = $1", transaction.Connection, transaction)
        {
            Parameters = { new() { Value = id }, new() { Value = noted.Actor }, new() { Value = noted.OccurredAt } },
        };
        await update.ExecuteNonQueryAsync(cancellation);
        await intake.AcceptAsync(Refusals.Service, [noted], transaction, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private async Task<bool> InsertAsync(Insert one, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into trail.shredding (id, state, ground, has_exception, lookup, class, year, reason, proposed_by, proposed_at)
            values ($4, 'proposed', $5, $6, $1, $2, $3, $7, $8, $9) on conflict do nothing
            """, transaction.Connection, transaction);
        insert.Parameters.AddRange(ShreddingRows.Scope(one.Lookup, one.Class, one.Year));
        insert.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = one.Id }, new() { Value = one.Ground }, new() { Value = one.Exception is not null },
            new() { Value = reasons.Protect(ShreddingProposals.Written(one.Reason, one.Exception)) },
            new() { Value = one.By }, new() { Value = clock.GetUtcNow() },
        });
        return await insert.ExecuteNonQueryAsync(cancellation) == 1;
    }

    private static async Task<List<int>> ExpiredYearsAsync(RetentionClass one, DateTimeOffset now, NpgsqlConnection connection,
        CancellationToken cancellation)
    {
        int last = Enumerable.Range(0, now.Year).Select(back => now.Year - back).FirstOrDefault(year => one.ExpiresAt(year) <= now);
        await using var read = new NpgsqlCommand(
            """
            select distinct k.year from trail.data_key k where k.lookup is not null and k.class = $1 and k.year <= $2
            and not exists (
                select 1 from trail.shredding s
                where s.class = k.class and s.year = k.year and s.state in ('proposed', 'approved', 'denied'))
            """, connection)
        {
            Parameters = { new() { Value = one.Name }, new() { Value = last, NpgsqlDbType = NpgsqlDbType.Integer } },
        };
        var years = new List<int>();
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            years.Add(row.GetInt32(0));
        }

        return years;
    }

    private sealed record Insert(Guid Id, string Ground, string? Exception, byte[]? Lookup, string? Class, int? Year, string Reason,
        string By);
}
