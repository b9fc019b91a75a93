using Npgsql;

namespace AccessGov.IdentityFederation.People;

/// <summary>
/// What people are looked for by: the user name, each e-mail address, and the name from each of its words on. Compared by their beginnings,
/// whatever the letter case and Unicode form, with an index; written in the transaction of each event.
/// </summary>
internal static class PersonSearch
{
    /// <summary>The longest text that is looked for.</summary>
    public const int LengthMax = 200;

    // What is longer is compared by its first characters: an entry of an index must not become too long.
    private const string KeyCharacters = "100";

    public const string CreateTable =
        $"""
        create table if not exists person_search (
            key text collate "C" not null,
            person text collate "C" not null references person_directory (id) on delete cascade,
            primary key (key, person));
        create index if not exists person_search_of on person_search (person);
        insert into person_search (key, person) {Keys} and id not in (select person from person_search);
        """;

    private const string Compared = $"left(regexp_replace(btrim(lower(normalize(text, nfkc))), '\\s+', ' ', 'g'), {KeyCharacters})";

    // The tails of the name: Ada Lovelace is found as ada lovelace, and as lovelace.
    private const string Keys =
        $$"""
        select distinct {{Compared}}, id
        from person_directory cross join lateral (
            select profile->>'UserName'
            union all select email #>> '{}' from jsonb_path_query(profile, '$.Emails[*].Value') email
            union all select array_to_string(words[place:], ' ')
                from regexp_split_to_array(btrim(coalesce(profile->>'DisplayName', profile #>> '{Name,Formatted}',
                    concat_ws(' ', profile #>> '{Name,GivenName}', profile #>> '{Name,FamilyName}'))), '\s+') words,
                    generate_subscripts(words, 1) place) texts (text)
        where text <> ''
        """;

    /// <summary>Keeps what somebody is found by as their row in the directory says.</summary>
    public static void Write(string person, NpgsqlBatch statements)
    {
        statements.BatchCommands.Add(ReadModelRows.Statement("delete from person_search where person = $1", person));
        statements.BatchCommands.Add(ReadModelRows.Statement($"insert into person_search (key, person) {Keys} and id = $1", person));
    }

    /// <summary>The condition that a row of the directory is of somebody who is found.</summary>
    /// <param name="parameter">The parameter with what is looked for.</param>
    public static string Condition(string parameter) =>
        $"id in (select person from person_search where starts_with(key, {Compared.Replace("text", parameter, StringComparison.Ordinal)}))";
}
