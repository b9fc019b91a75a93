using System.Globalization;
using System.Text;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccessGov.Audit.Retention;

/// <summary>
/// Carries out a pruning that two people approved, in steps that each commit and may be repeated: the trail says from where on it will
/// begin and what all before hashes to; then <c>minimum-index</c> says so; then files go. Thread-safe, also between processes.
/// </summary>
internal sealed class PruningRun(
    TrailDatabase database, PrunableLook prunable, ShreddingProof proof, TrailReader trail, PruningState state, Intake intake,
    IOptions<AuditOptions> options, TimeProvider clock)
{
    /// <summary>Takes the pruning that is approved a step further, where there is one.</summary>
    public async Task StepAsync(CancellationToken cancellation)
    {
        await using NpgsqlConnection connection = await database.Seal.OpenConnectionAsync(cancellation);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        Pruning? pruning = await Prunings.RunningAsync(transaction, cancellation);
        if (pruning is not { State: Pruning.Recorded })
        {
            state.Left = 0;
        }

        bool moved = pruning?.State switch
        {
            Pruning.Approved => await RecordAsync(pruning, transaction, cancellation),
            Pruning.Recorded => await RemoveAsync(pruning, transaction, cancellation),
            _ => false,
        };
        if (moved)
        {
            await transaction.CommitAsync(cancellation);
        }
    }

    /// <summary>Tells the trail, unless something must be kept meanwhile: whoever places a hold waits, or has placed it.</summary>
    private async Task<bool> RecordAsync(Pruning pruning, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await KeyGeneration.MoveAsync(transaction, cancellation);
        PrunableTrail now = await prunable.RunAsync(transaction.Connection!, transaction, cancellation);
        if (now.Forbids(pruning.Minimum) is not { } refused)
        {
            DateTimeOffset at = await UpdateAsync("state = 'recorded', recorded_at = $2", pruning, transaction, cancellation);
            await intake.AcceptAsync(Refusals.Service, [EventOf(pruning, at)], transaction, cancellation);
            return true;
        }

        // Who is behind comes up; what must be kept is asked for anew by a person.
        if (refused.Code is "nothing_to_prune" or "class_unknown")
        {
            DateTimeOffset at = await UpdateAsync("state = 'stopped', finished_at = $2", pruning, transaction, cancellation);
            await intake.AcceptAsync(
                Refusals.Service, [Deed.OfService(at, "pruning.stopped", $"Pruning::{pruning.Id}")], transaction, cancellation);
            return true;
        }

        return false;
    }

    private AuditRecord EventOf(Pruning pruning, DateTimeOffset at)
    {
        byte[] root = new byte[TreeHash.Length];
        trail.RootBefore(pruning.Minimum).CopyTo(root);
        return Deed.OfService(at, TrailPruning.Kind, $"Pruning::{pruning.Id}") with
        {
            Pruned = new TrailPruning(
                pruning.Minimum, trail.PreviousOf(pruning.Minimum), Convert.ToHexStringLower(root), pruning.FirstApprover!,
                pruning.SecondApprover!),
        };
    }

    /// <summary>As soon as the event is in the trail, files go; those that cannot be removed now are tried again.</summary>
    private async Task<bool> RemoveAsync(Pruning pruning, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        if (await proof.FindAsync(TrailPruning.Kind, $"Pruning::{pruning.Id}", pruning.RecordedAt!.Value, cancellation) is not { } leaf)
        {
            return false;
        }

        string directory = options.Value.TrailDirectory;
        if (trail.Minimum < pruning.Minimum)
        {
            string text = pruning.Minimum.ToString(CultureInfo.InvariantCulture) + "\n";
            DurableFiles.Replace(new TileDirectory(directory).MinimumIndexPath, Encoding.ASCII.GetBytes(text));
        }

        state.Left = PrunedFiles.Remove(directory, await DoneAsync(transaction, cancellation), pruning.Minimum, cancellation);
        if (state.Left > 0)
        {
            return false;
        }

        await ForgetAsync(transaction, cancellation);
        await UpdateAsync(
            "state = 'done', leaf = $3, finished_at = $2", pruning, transaction, cancellation, new NpgsqlParameter { Value = leaf });
        return true;
    }

    /// <summary>Forgets the tokens of patients who have no events and were asked for by nobody of whom the trail still tells.</summary>
    private async Task ForgetAsync(NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        int first = trail.Leaf(trail.Minimum) is { } leaf ? TrailEntry.Parse(leaf).ReceivedAt.UtcDateTime.Year : 1;
        await using var forget = new NpgsqlCommand(
            "delete from trail.unknown_patient where year < $1", transaction.Connection, transaction)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = first } },
        };
        await forget.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Up to where an earlier pruning has removed everything.</summary>
    private static async Task<long> DoneAsync(NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var read = new NpgsqlCommand(
            "select coalesce(max(minimum), 0) from trail.pruning where state = 'done'", transaction.Connection, transaction);
        return (long)(await read.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Answers the time that it has written.</summary>
    private async Task<DateTimeOffset> UpdateAsync(
        string set, Pruning pruning, NpgsqlTransaction transaction, CancellationToken cancellation, params NpgsqlParameter[] more)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await using var update = new NpgsqlCommand($"update trail.pruning set {set} where id = $1", transaction.Connection, transaction)
        {
            Parameters = { new() { Value = pruning.Id }, new() { Value = now } },
        };
        update.Parameters.AddRange(more);
        await update.ExecuteNonQueryAsync(cancellation);
        return now;
    }
}
