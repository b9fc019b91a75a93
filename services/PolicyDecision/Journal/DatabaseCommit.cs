using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.PolicyDecision.Journal;

/// <summary>
/// Commits one batch after the other within a bound. Blocking calls on a thread of its own: under load the replies of PostgreSQL do not
/// queue behind requests in the thread pool, and a commit that hangs is abandoned with its thread. Used by one thread.
/// </summary>
internal sealed class DatabaseCommit(JournalDatabase database, AlongsideBatch? alongside, TimeSpan bound, FailureLog failures) : IDisposable
{
    private Attempts? attempts;

    /// <summary>Commits, or answers why not. After a failure the batch may or may not be committed.</summary>
    /// <param name="batch">Its payload may still be read after a failure.</param>
    /// <param name="outcome">What was found; meaningful when the answer is true.</param>
    public bool TryCommit(SealedBatch batch, out Inserted outcome)
    {
        attempts ??= new Attempts(database, alongside);
        if (!attempts.TryRun(batch, bound, out outcome, out Exception? failure))
        {
            failures.Failed("A batch was not committed in time", $"{batch.Sequence} of {batch.Writer}", failure);
            Abandon();
            return false;
        }

        return true;
    }

    public void Dispose() => Abandon();

    private void Abandon()
    {
        attempts?.Dispose();
        attempts = null;
    }

    /// <summary>A connection and its thread, until one attempt fails or hangs.</summary>
    private sealed class Attempts : IDisposable
    {
        private readonly JournalDatabase database;
        private readonly AlongsideBatch? alongside;

        // Not semaphores of the slim kind: their spinning takes processor time from the requests that wait for this commit.
        private readonly AutoResetEvent given = new(initialState: false);
        private readonly AutoResetEvent done = new(initialState: false);
        private SealedBatch? batch;
        private Inserted outcome;
        private Exception? failure;
        private volatile bool ended;

        public Attempts(JournalDatabase database, AlongsideBatch? alongside)
        {
            this.database = database;
            this.alongside = alongside;
            new Thread(Run) { IsBackground = true, Name = "decision-journal-commit" }.Start();
        }

        public bool TryRun(SealedBatch next, TimeSpan bound, out Inserted inserted, out Exception? why)
        {
            batch = next;
            given.Set();
            bool inTime = done.WaitOne(bound);
            inserted = inTime ? outcome : Inserted.Yes;
            why = inTime ? failure : new TimeoutException($"No commit within {bound}.");
            return why is null;
        }

        /// <summary>Lets the thread end, now or when its hanging commit does. It may still use the events, which are left to the collector.</summary>
        public void Dispose()
        {
            ended = true;
            given.Set();
        }

        private void Run()
        {
            NpgsqlConnection? connection = null;
            BatchInsert? insert = null;
            try
            {
                while (true)
                {
                    given.WaitOne();
                    if (ended)
                    {
                        return;
                    }

                    connection ??= database.Source.OpenConnection();
                    insert ??= new BatchInsert(connection, timeout: TimeSpan.Zero);
                    outcome = Commit(connection, insert, batch!);
                    done.Set();
                }
            }
            catch (Exception e)
            {
                failure = e;
                done.Set();
            }
            finally
            {
                insert?.Dispose();
                connection?.Dispose();
            }
        }

        private Inserted Commit(NpgsqlConnection connection, BatchInsert insert, SealedBatch next)
        {
            if (alongside is null && next.Sequence > 1 && !next.Closing)
            {
                return insert.Run(next, transaction: null);
            }

            using NpgsqlTransaction transaction = connection.BeginTransaction();
            Inserted inserted = insert.Run(next, transaction);
            if (inserted == Inserted.Yes && alongside is not null)
            {
                alongside(transaction, next, CancellationToken.None).GetAwaiter().GetResult();
            }

            transaction.Commit();
            return inserted;
        }
    }
}
