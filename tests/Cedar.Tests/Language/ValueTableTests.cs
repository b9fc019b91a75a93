namespace AccessGov.Cedar.Tests.Language;

/// <summary>Equality, sets and patterns, which <see cref="OfficialTableTests"/> asks the official engine about too.</summary>
public sealed class ValueTableTests
{
    public static TheoryData<string, string> Equal => Ward.Table(
        """
        1 == 1 => true
        1 == 2 => false
        0 == -0 => true
        -9223372036854775808 == -9223372036854775808 => true
        true == true => true
        true == !false => true
        "" == "" => true
        "a" == "A" => false
        "\u{e9}" == "e\u{301}" => false
        "\u{e9}" == "é" => true
        "\u{1f600}" == "😀" => true
        "a\0" == "a" => false
        User::"a" == User::"a" => true
        User::"a" == User::"A" => false
        User::"a" == Group::"a" => false
        N::User::"a" == User::"a" => false
        [] == [] => true
        [] == [[]] => false
        [[]] == [[], []] => true
        [1, 2] == [2, 1, 2] => true
        [1, 2] == [1, 2, 3] => false
        [1, 2, 3] == [1, 2] => false
        [1, "1"] == ["1", 1] => true
        [true] == ["true"] => false
        [{a: 1}] == [{a: 1}, {a: 1}] => true
        [[1, 2], [3]] == [[3], [2, 1]] => true
        [1] == {a: 1} => false
        {} == {} => true
        {} == [] => false
        {a: 1} == {"a": 1} => true
        {a: 1, b: 2} == {b: 2, a: 1} => true
        {a: 1} == {A: 1} => false
        {a: 1, b: 2} == {a: 2, b: 1} => false
        {a: {b: [1, 2]}} == {a: {b: [2, 1]}} => true
        {a: 1} == {a: 1, b: 1} => false
        context.rec == {a: {b: {c: 1}}} => true
        context.rec == {a: {b: {c: 2}}} => false
        context.set == [3, 2, 1] => true
        context.mixed == [true, "1", 1] => true
        context.empty == [] => true
        context.who == principal => true
        context.ghost == principal => false
        context.ip == ip("10.0.0.1/32") => true
        context.ip == "10.0.0.1" => false
        context.dec == decimal("1.5000") => true
        context.dec == decimal("1.5001") => false
        context.day == datetime("2024-02-29T00:00:00.000Z") => true
        context.day == datetime("2024-02-29T02:00:00+0200") => true
        context.day == datetime("2024-02-28T23:00:00-0100") => true
        context.span == duration("3600s") => true
        context.span == duration("60m0s") => true
        context.span == 3600000 => false
        datetime("1970-01-01") == 0 => false
        datetime("1970-01-01T00:00:01Z").toTime() == duration("1s") => true
        ip("::1") == ip("0:0:0:0:0:0:0:1") => true
        ip("10.0.0.0/8") == ip("10.1.0.0/8") => false
        decimal("-0.0") == decimal("0.0") => true
        [decimal("1.0"), decimal("1.00")] == [decimal("1.000")] => true
        [ip("::1"), ip("::1/128")] == [ip("::1")] => true
        1 != 1 => false
        1 != "1" => true
        [1, 2] != [2, 1] => false
        {a: 1} != {a: 1} => false
        principal != context.who => false
        principal != resource => true
        context != context => false
        context == {} => false
        (1 == 1) == (2 == 2) => true
        (1 == 2) != (2 == 2) => true
        """);

    public static TheoryData<string, string> Sets => Ward.Table(
        """
        [].isEmpty() => true
        [[]].isEmpty() => false
        context.empty.isEmpty() => true
        context.set.isEmpty() => false
        [].contains(1) => false
        [1, 2].contains(2) => true
        [1, 2].contains(3) => false
        [1, 2].contains([1]) => false
        [[1], [2]].contains([2]) => true
        [1, true, "a"].contains("a") => true
        [1, true, "a"].contains("true") => false
        context.set.contains(3) => true
        context.set.contains("3") => false
        context.mixed.contains("1") => true
        [1, 2, 3, 4, 5, 6, 7, 8].contains(8) => true
        [1, 2, 3, 4, 5, 6, 7, 8, 9].contains(9) => true
        [1, 2, 3, 4, 5, 6, 7, 8, 9].contains(10) => false
        [1, 2, 3, 4, 5, 6, 7, 8, 9].contains(context.n) => true
        [{a: 1}, {a: 2}].contains({a: 2}) => true
        [ip("10.0.0.1")].contains(context.ip) => true
        [ip("10.0.0.0/8")].contains(context.ip) => false
        [principal, resource].contains(context.who) => true
        [].containsAll([]) => true
        [1].containsAll([]) => true
        [].containsAll([1]) => false
        [1, 2, 3].containsAll([3, 3, 1]) => true
        [1, 2, 3].containsAll([1, 2, 3, 4]) => false
        [1, 2].containsAll([[1]]) => false
        [1, "1"].containsAll(["1"]) => true
        context.set.containsAll([1, 2]) => true
        [1, 2].containsAll(context.set) => false
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].containsAll(context.set) => true
        [].containsAny([]) => false
        [].containsAny([1]) => false
        [1].containsAny([]) => false
        [1, 2].containsAny([2, 3]) => true
        [1, 2].containsAny([3, 4]) => false
        [1, 2].containsAny([[1], [2]]) => false
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].containsAny([11, 10]) => true
        [11, 10].containsAny([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) => true
        [11, 12].containsAny([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) => false
        context.mixed.containsAny([false, "2", 1]) => true
        context.mixed.containsAny([false, "2", 0]) => false
        [context.nope].isEmpty() => RecordAttributeDoesNotExist
        [1].contains(context.nope) => RecordAttributeDoesNotExist
        context.set.contains(1 + context.s) => TypeError
        """);

    public static TheoryData<string, string> Patterns => Ward.Table(
        """
        context.s like "text" => true
        context.s like "Text" => false
        context.s like "tex" => false
        context.s like "*" => true
        context.s like "t*" => true
        context.s like "*t" => true
        context.s like "t*t" => true
        context.s like "*ex*" => true
        context.s like "*xe*" => false
        context.s like "t*e*x*t" => true
        context.s like "te*ext" => false
        context.s like "" => false
        "" like "" => true
        "" like "**" => true
        "a*b" like "a\*b" => true
        "acb" like "a\*b" => false
        "acb" like "a*b" => true
        "a\\b" like "a\\b" => true
        "a\nb" like "a*b" => true
        "é" like "\u{e9}" => true
        "😀" like "*" => true
        "x😀y" like "x*y" => true
        principal.name like "Al*" => true
        principal.age like "4*" => TypeError: type error: expected string, got long
        principal.nope like "*" => EntityAttributeDoesNotExist
        principal.getTag("shift") like "night" => true
        """);

    [Theory]
    [MemberData(nameof(Equal))]
    public void Equality_looks_at_the_content_and_never_fails(string expression, string expected) => Ward.ShouldEnd(expression, expected);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Sets_answer_by_equality_of_members(string expression, string expected) => Ward.ShouldEnd(expression, expected);

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_pattern_covers_the_whole_text(string expression, string expected) => Ward.ShouldEnd(expression, expected);

    [Theory]
    [MemberData(nameof(Equal))]
    public void Equality_says_the_same_of_data_as_of_literals(string expression, string expected)
    {
        string[] sides = expression.Split(expression.Contains(" == ", StringComparison.Ordinal) ? " == " : " != ");
        if (sides.Length > 2)
        {
            return;
        }

        string symbol = expression.Contains(" == ", StringComparison.Ordinal) ? "==" : "!=";
        Ward.End($"(if context.yes then {sides[0]} else 0) {symbol} {sides[1]}").ShouldBe(expected);
        Ward.End($"{sides[0]} {symbol} (if context.yes then {sides[1]} else 0)").ShouldBe(expected);
        Ward.End($"(if context.yes then {sides[1]} else 0) {symbol} (if context.yes then {sides[0]} else 0)").ShouldBe(expected);
    }
}
