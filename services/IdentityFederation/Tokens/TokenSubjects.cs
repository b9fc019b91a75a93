using AccessGov.EventSourcing;
using Npgsql;

namespace AccessGov.IdentityFederation.Tokens;

/// <summary>
/// Whose ids are subjects of tokens. A client that acts for itself is the subject of its tokens, as a person is of theirs: no id is both, or a program
/// could be taken for a person, and a person for a program (RFC 9068, 5). Nobody gets the id of somebody who is gone.
/// </summary>
internal static class TokenSubjects
{
    public const string CreateTable =
        """
        create table if not exists token_subject (
            id text collate "C" constraint token_subject_once primary key, kind text not null);
        insert into token_subject (id, kind) select id, 'person' from person_directory on conflict do nothing;
        insert into token_subject (id, kind) select substr(id, length('client-') + 1), 'client' from mt_streams where type = 'client'
        on conflict do nothing;
        """;

    public const string Constraint = "token_subject_once";

    public static readonly Refusal Taken = new(
        "id_taken", "A client has this id, or a person: tokens could not tell the two apart. Choose another.");

    /// <summary>Takes an id for a person, in the transaction of their events.</summary>
    public static NpgsqlBatchCommand TakeForPerson(string id) => Take(id, "person");

    /// <summary>Takes an id for a client, in the transaction of its events.</summary>
    public static Alongside TakeForClient(string id) => async (transaction, _, cancellation) =>
    {
        await using var statements = new NpgsqlBatch(transaction.Connection, transaction);
        statements.BatchCommands.Add(Take(id, "client"));
        try
        {
            await statements.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException violated) when (violated.ConstraintName == Constraint)
        {
            throw new RefusedAlongsideException(Taken);
        }
    };

    private static NpgsqlBatchCommand Take(string id, string kind) => ReadModelRows.Statement(
        "insert into token_subject (id, kind) select $1, $2 where not exists (select from token_subject where id = $1 and kind = $2)", id, kind);
}
