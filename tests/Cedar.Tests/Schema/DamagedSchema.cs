using System.Text.RegularExpressions;

namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>
/// A good schema with one to three words dropped, doubled, exchanged or replaced by others of the grammar: nearly right in every place.
/// </summary>
internal static partial class DamagedSchema
{
    private static readonly string[] Schemas =
    [
        """
        namespace A::B { type T = { a: Long, "b c"?: Set<E>, }; entity E, F in [E] = { t: T } tags String; entity G enum ["x", "y"]; }
        action all; action view, "look at" in [all, Action::"other"] appliesTo { principal: [A::B::E], resource: A::B::F, context: A::B::T };
        action other appliesTo { resource: [A::B::G], principal: [A::B::E, A::B::F], context: { ip: ipaddr, when: __cedar::datetime } } attributes {};
        """,
        """
        @doc("top") namespace N { @a @b("c") entity User in Group { @d name: String, age?: Long }; entity Group in [Group]; @e type Name = String;
        @f action read; action write in read appliesTo { principal: User, resource: [Group, User] }; }
        entity Long2 { type: Bool, in_: Set<Set<decimal>> } tags Set<N::User>; type entity = Long2; entity enum enum ["enum"];
        """,
    ];

    private static readonly string[] Words =
    [
        "entity", "action", "type", "namespace", "enum", "tags", "in", "appliesTo", "principal", "resource", "context", "attributes", "Set", "Long",
        "User", "E", "A::B", "Action", "__cedar", "Bool", "Boolean", "if", "\"x\"", "[", "]", "{", "}", "<", ">", ",", ";", ":", "::", "?", "=", "@", "(", ")",
    ];

    public static string Of(Random random)
    {
        List<string> words = [.. Word().Matches(Schemas[random.Next(Schemas.Length)]).Select(word => word.Value)];
        int[] names = [.. Enumerable.Range(0, words.Count).Where(i => char.IsAsciiLetterUpper(words[i][0]))];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(words.Count);
            int other = random.Next(words.Count);
            switch (random.Next(2) == 0 ? 6 : random.Next(6))
            {
                case 6 when words.Count > names[^1]:
                    // Another name in a name's place is often right as well.
                    (at, other) = (names[random.Next(names.Length)], names[random.Next(names.Length)]);
                    (words[at], words[other]) = (words[other], words[at]);
                    break;
                case 0:
                    words.RemoveAt(at);
                    break;
                case 1:
                    words.Insert(at, words[at]);
                    break;
                case 2:
                    (words[at], words[other]) = (words[other], words[at]);
                    break;
                case 3:
                    words.Insert(at, words[other]);
                    break;
                case 4:
                    words.Insert(at, Words[random.Next(Words.Length)]);
                    break;
                default:
                    words[at] = Words[random.Next(Words.Length)];
                    break;
            }
        }

        return string.Join(' ', words);
    }

    [GeneratedRegex("\"[^\"]*\"|\\w+|::|[^\\s\\w]", RegexOptions.None, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Word();
}
