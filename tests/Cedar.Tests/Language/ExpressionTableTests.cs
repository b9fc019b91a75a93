namespace AccessGov.Cedar.Tests.Language;

/// <summary>Expressions and how they end, which <see cref="OfficialTableTests"/> asks the official engine about too.</summary>
public sealed class ExpressionTableTests
{
    public static TheoryData<string, string> Hierarchy => Ward.Table(
        """
        principal in principal => true
        principal in Group::"staff" => true
        principal in Group::"everybody" => true
        principal in Group::"night" => true
        principal in Group::"unlisted" => true
        principal in Group::"board" => false
        principal.boss in Group::"everybody" => true
        principal in Group::"Staff" => false
        principal in group::"staff" => false
        Group::"staff" in principal => false
        Group::"board" in Group::"staff" => true
        Group::"staff" in Group::"board" => false
        Group::"unlisted" in Group::"unlisted" => true
        Group::"unlisted" in Group::"night" => false
        User::"nobody" in User::"nobody" => true
        User::"nobody" in Group::"staff" => false
        context.ghost in context.ghost => true
        context.ghost in [context.ghost] => true
        context.ghost in [Group::"staff"] => false
        principal in [] => false
        principal in context.empty => false
        principal in [Group::"board"] => false
        principal in [Group::"board", Group::"staff"] => true
        principal in [Group::"staff", Group::"board"] => true
        principal in [[principal]] => TypeError: type error: expected (entity of type `any_entity_type`), got set
        principal in {group: principal} => TypeError
        principal in resource.groups => true
        principal in resource.mixed => TypeError: type error: expected (entity of type `any_entity_type`), got long
        principal in [context.s] => TypeError: type error: expected (entity of type `any_entity_type`), got string
        resource in Album::"holiday" => true
        resource in [Album::"winter", Album::"holiday"] => true
        Album::"holiday" in resource => false
        action in Action::"read" => true
        action in [Action::"write", Action::"view"] => true
        action in Action::"write" => false
        principal in context.who => true
        context.who in Group::"everybody" => true
        principal in principal.friends => false
        principal in principal.ghost => false
        principal in principal.ghost.boss => EntityDoesNotExist: entity `User::"nobody"` does not exist
        principal.nope in Group::"staff" => EntityAttributeDoesNotExist: `User::"alice"` does not have the attribute `nope`
        principal is User => true
        principal is user => false
        principal is Hospital::User => false
        Hospital::User::"x" is Hospital::User => true
        Hospital::User::"x" is User => false
        resource is Photo in Album::"holiday" => true
        resource is Photo in Album::"winter" => false
        resource is Album in context.nope => false
        resource is Album in 1 => false
        resource is Photo in context.nope => RecordAttributeDoesNotExist
        User::"nobody" is User => true
        User::"nobody" is User in User::"nobody" => true
        User::"nobody" is User in [Group::"staff"] => false
        [principal] is User => TypeError
        """);

    public static TheoryData<string, string> Access => Ward.Table(
        """
        principal.age == 41 => true
        principal["age"] == 41 => true
        principal["two words"] => true
        principal.boss.boss.boss.age == 60 => true
        principal.address.town.zip == "8000" => true
        principal["address"]["town"]["zip"] == "8000" => true
        principal.address["town"].street == 1 => RecordAttributeDoesNotExist: record does not have the attribute `street`
        principal.shift == "night" => EntityAttributeDoesNotExist: `User::"alice"` does not have the attribute `shift`
        principal.Age == 41 => EntityAttributeDoesNotExist: `User::"alice"` does not have the attribute `Age`
        principal.ghost == User::"nobody" => true
        principal.ghost.age == 1 => EntityDoesNotExist: entity `User::"nobody"` does not exist
        principal.ghost has age => false
        principal.ghost has age.more => false
        context.rec.a.b.c == 1 => true
        context[""] == "nameless" => true
        context["two words"] == 2 => true
        context.nope == 1 => RecordAttributeDoesNotExist: record does not have the attribute `nope`
        context.nope.deeper == 1 => RecordAttributeDoesNotExist: record does not have the attribute `nope`
        context.rec.a.b.c.d == 1 => TypeError
        context.set.a == 1 => TypeError
        context.ip.a == 1 => TypeError
        {a: {b: principal}}.a.b.age == 41 => true
        {"a b": 1}["a b"] == 1 => true
        {a: 1, b: context.nope}.a == 1 => RecordAttributeDoesNotExist
        [principal.age, principal.nope] == [] => EntityAttributeDoesNotExist
        (if context.yes then principal else resource).age == 41 => true
        (if context.no then principal else resource).age == 41 => EntityAttributeDoesNotExist: `Photo::"sea"` does not have the attribute `age`
        action has anything => false
        action.anything => EntityAttributeDoesNotExist: `Action::"view"` does not have the attribute `anything`
        Action::"other".anything => EntityDoesNotExist: entity `Action::"other"` does not exist
        principal has age => true
        principal has "age" => true
        principal has "two words" => true
        principal has shift => false
        principal has Age => false
        principal has address.town.zip => true
        principal has address.town.street => false
        principal has address.village.zip => false
        principal has boss.boss.age => true
        principal has ghost.age => false
        principal has ghost.boss.age => false
        principal has age.more => TypeError
        principal has friends.more => TypeError
        principal has nope.age.more => false
        context has rec.a.b.c => true
        context has rec.a.x.c => false
        context has rec.a.b.c.d => TypeError
        context has "" => true
        context has n && context.n == 5 => true
        context has nope && context.nope == 5 => false
        {} has a => false
        {a: context.nope} has a => RecordAttributeDoesNotExist
        principal.hasTag("shift") => true
        principal.hasTag("two words") => true
        principal.hasTag("Shift") => false
        principal.hasTag("name") => false
        principal.hasTag("") => false
        principal.boss.hasTag("shift") => false
        principal.ghost.hasTag("shift") => false
        principal.hasTag(principal.getTag("shift")) => false
        principal.getTag("shift") == "night" => true
        principal.getTag("age") == 99 && principal.age == 41 => true
        principal.getTag("level") + 1 == 4 => true
        principal.getTag("two words") == [1] => true
        principal.getTag("nope") == 1 => EntityAttributeDoesNotExist
        principal.boss.getTag("shift") == 1 => EntityAttributeDoesNotExist
        principal.ghost.getTag("shift") == 1 => EntityDoesNotExist: entity `User::"nobody"` does not exist
        principal.getTag(context.s) == 1 => EntityAttributeDoesNotExist
        principal.getTag(if context.yes then "shift" else "level") == "night" => true
        principal.hasTag("shift") && principal.getTag("shift") like "n*" => true
        principal.hasTag("nope") && principal.getTag("nope") like "n*" => false
        """);

    public static TheoryData<string, string> Circuits => Ward.Table(
        """
        context.no && context.nope => false
        context.yes && context.nope => RecordAttributeDoesNotExist
        context.nope && context.no => RecordAttributeDoesNotExist
        context.yes || context.nope => true
        context.no || context.nope => RecordAttributeDoesNotExist
        context.nope || context.yes => RecordAttributeDoesNotExist
        context.no && 1 => false
        context.yes && 1 => TypeError: type error: expected bool, got long
        context.n && context.no => TypeError: type error: expected bool, got long
        context.yes || 1 => true
        context.no || 1 => TypeError: type error: expected bool, got long
        context.s || context.yes => TypeError: type error: expected bool, got string
        context.yes && context.yes && context.no && context.nope => false
        context.yes && context.yes && context.nope && context.no => RecordAttributeDoesNotExist
        context.no || context.no || context.yes || context.nope => true
        context.no || context.no || context.nope || context.yes => RecordAttributeDoesNotExist
        context.no && context.nope || context.yes => true
        context.yes || context.nope && context.nope => true
        (context.yes || context.nope) && context.yes => true
        (context.no && context.nope) == false => true
        (context.yes && context.nope) == false => RecordAttributeDoesNotExist
        !(context.no && context.nope) => true
        !(context.yes || context.nope) => false
        !context.nope => RecordAttributeDoesNotExist
        !!context.yes => true
        !!!!context.no => false
        !!!context.n => TypeError
        if context.yes then context.yes else context.nope => true
        if context.no then context.nope else context.no => false
        if context.yes then context.nope else context.yes => RecordAttributeDoesNotExist
        if context.nope then true else true => RecordAttributeDoesNotExist
        if context.n then true else true => TypeError: type error: expected bool, got long
        if context.yes then 1 else true => TypeError: type error: expected bool, got long
        (if context.yes then 1 else "a") + 1 == 2 => true
        (if context.no then 1 else "a") + 1 == 2 => TypeError: type error: expected long, got string
        if (if context.yes then context.no else context.nope) then context.nope else true => true
        if context.yes && context.no then context.nope else context.yes || context.nope => true
        [context.yes || context.nope, context.no] == [true, false] => true
        {a: context.no && context.nope}.a => false
        principal has boss && principal.boss has boss && principal.boss.age > 50 => true
        principal has nope && principal.nope has boss && principal.nope.age > 50 => false
        context.nope == context.missing => RecordAttributeDoesNotExist: record does not have the attribute `nope`
        context.n + context.nope > context.missing => RecordAttributeDoesNotExist: record does not have the attribute `nope`
        context.n > context.missing + context.nope => RecordAttributeDoesNotExist: record does not have the attribute `missing`
        context.s + 1 == context.nope => TypeError: type error: expected long, got string
        context.s - context.nope == 1 => RecordAttributeDoesNotExist: record does not have the attribute `nope`
        context.s * (9223372036854775807 + 1) == 1 => IntegerOverflow
        context.s < context.nope => RecordAttributeDoesNotExist
        context.s.contains(context.nope) => RecordAttributeDoesNotExist
        context.s.containsAll(context.nope) => RecordAttributeDoesNotExist
        context.s.containsAny(context.nope) => RecordAttributeDoesNotExist
        context.s in context.nope => RecordAttributeDoesNotExist
        context.s is User in context.nope => TypeError: type error: expected (entity of type `any_entity_type`), got string
        context.s.hasTag(context.nope) => RecordAttributeDoesNotExist
        context.s.getTag(context.nope) == 1 => RecordAttributeDoesNotExist
        context.s.isInRange(context.nope) => RecordAttributeDoesNotExist
        context.s.lessThan(context.nope) => RecordAttributeDoesNotExist
        context.s.offset(context.nope) == 1 => RecordAttributeDoesNotExist
        [context.nope, context.missing] == 1 => RecordAttributeDoesNotExist: record does not have the attribute `nope`
        {b: context.nope, a: context.missing} == 1 => RecordAttributeDoesNotExist: record does not have the attribute `nope`
        ip(context.nope) == ip("x") => RecordAttributeDoesNotExist
        ip("x") == context.nope => ExtensionFunctionFailed
        ip(context.s, context.nope) == 1 => RecordAttributeDoesNotExist
        ip(context.s, context.s) == 1 => WrongNumberOfArguments
        """);

    [Theory]
    [MemberData(nameof(Hierarchy))]
    public void In_and_is_follow_the_hierarchy_and_the_exact_type(string expression, string expected) => Ward.ShouldEnd(expression, expected);

    [Theory]
    [MemberData(nameof(Access))]
    public void Attributes_and_tags_are_found_missing_or_an_error(string expression, string expected) => Ward.ShouldEnd(expression, expected);

    [Theory]
    [MemberData(nameof(Circuits))]
    public void What_is_not_reached_does_not_count_and_of_two_errors_the_first_does(string expression, string expected) =>
        Ward.ShouldEnd(expression, expected);
}
