using Npgsql;

namespace AccessGov.IdentityFederation.People;

/// <summary>
/// Who was deprovisioned: marks of their identities, external ids and user names, from which nobody reads who it was. An identity provider
/// that still vouches for such a person introduces nobody anew; a provisioning system does.
/// </summary>
internal static class FormerPeople
{
    public const string CreateTable =
        """
        create table if not exists former_person (mark bytea primary key);
        """;

    /// <summary>In the transaction in which a person goes, before their row is gone.</summary>
    public static NpgsqlBatchCommand Remember(string id) => ReadModelRows.Statement(
        $"""
        insert into former_person (mark)
        select {Mark("'identity'", "issuer", "subject")} from person_identity where person = $1
        union select {Mark("'external id'", "organisation", "external_id")} from person_directory where id = $1 and external_id is not null
        union select {Mark("'user name'", "organisation", "user_name_key")} from person_directory where id = $1
        on conflict do nothing
        """, id);

    /// <summary>
    /// Whether one of these was somebody's who is gone. In a transaction that has written the new person, nobody goes unnoticed meanwhile.
    /// </summary>
    public static async Task<bool> KnowAsync(
        string organisation, LinkedIdentity identity, string? externalId, string userName, NpgsqlTransaction transaction,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select exists (select from former_person where mark in (
                {Mark("'identity'", "$1", "$2")}, {Mark("'external id'", "$3", "$4")},
                {Mark("'user name'", "$3", PersonDirectory.Key("$5"))}))
            """, transaction.Connection, transaction);
        foreach (string value in new[] { identity.Issuer, identity.Subject, organisation, externalId ?? "", userName })
        {
            command.Parameters.Add(new() { Value = value });
        }

        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static string Mark(string kind, string scope, string name) =>
        $"sha256(convert_to(concat_ws(E'\n', {kind}, {scope}, {name}), 'UTF8'))";
}
