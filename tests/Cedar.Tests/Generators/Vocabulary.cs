namespace AccessGov.Cedar.Tests.Generators;

/// <summary>What a generated expression is meant to evaluate to.</summary>
internal enum Kind
{
    Boolean,
    Integer,
    Text,
    Entity,
    Set,
    Record,
    Address,
    Decimal,
    Datetime,
    Duration,
}

/// <summary>
/// The few names and values that generated policies, entities and requests share, so that policies find what they ask for. Every
/// attribute has a kind by its name; some names need quotation marks.
/// </summary>
internal static class Vocabulary
{
    public static readonly (string Name, Kind Kind)[] Attributes =
    [
        ("flag", Kind.Boolean), ("is on", Kind.Boolean), ("level", Kind.Integer), ("if", Kind.Integer), ("name", Kind.Text),
        ("\"*\\\n\u0001é😀", Kind.Text), ("owner", Kind.Entity), ("labels", Kind.Set), ("friends", Kind.Set), ("details", Kind.Record),
        ("principal", Kind.Record), ("address", Kind.Address), ("price", Kind.Decimal), ("due", Kind.Datetime), ("", Kind.Duration),
    ];

    public static readonly string[] Identifiers = ["flag", "level", "name", "owner", "labels", "details", "principal", "permit", "when"];

    public static readonly string[] EntityTypes = ["User", "Group", "Hospital::Study", "A::B::C"];

    public static readonly EntityUid[] Entities =
    [
        .. EntityTypes.SelectMany(type => new[] { "ada", "bob", "", "\"\\ *\t😀" }.Select(id => new EntityUid(type, id))),
    ];

    public static readonly EntityUid[] Actions =
    [
        new("Action", "view"), new("Action", "edit"), new("Action", "all"), new("Hospital::Action", "view"),
    ];

    public static readonly long[] Integers = [0, 1, -1, 2, 5, -5, 100, long.MaxValue, long.MinValue];

    public static readonly string[] Texts = ["", "a", "b", "ab", "a*b", "\\", "\"", "'", "line\nbreak", "\t\r\0\u001f\u007f", "é", "😀", "// no comment", "{;}"];

    public static readonly string[] Annotations = ["id", "reason", "if", "permit", "_", "advice2"];

    /// <summary>Arguments of the four constructors; the last of each is refused by its constructor.</summary>
    public static IReadOnlyList<string> Arguments(Kind kind) => kind switch
    {
        Kind.Address => ["10.0.0.1", "10.0.0.0/8", "127.0.0.1", "ff00::1", "::1/128", "10.0.0.256"],
        Kind.Decimal => ["0.0", "1.5", "-0.5", "922337203685477.5807", "1"],
        Kind.Datetime => ["2024-02-29", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999+2359", "2023-02-29"],
        Kind.Duration => ["0ms", "1d2h3m4s5ms", "-90m", "1d1d"],
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
