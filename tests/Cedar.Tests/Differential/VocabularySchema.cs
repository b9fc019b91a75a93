using AccessGov.Cedar.Tests.Generators;

namespace AccessGov.Cedar.Tests.Differential;

/// <summary>A schema that declares what generated policies name, so that the validator gets into their expressions.</summary>
internal static class VocabularySchema
{
    public static string Text(Random random)
    {
        string flat = Attributes(random, "Set<String>", "{}", "{}");
        string deep = Attributes(random, random.Next(2) == 0 ? "Set<Long>" : "Set<User>", $"{{ {flat} }}", $"{{ {flat} }}");
        string tags = random.Next(3) == 0 ? "" : $" tags {(random.Next(2) == 0 ? "Long" : "Set<String>")}";
        string shape = $"= {{ {deep} }}{tags};";
        return $$"""
            entity User in [Group, Hospital::Study] {{shape}}
            entity Group in [Group] {{shape}}
            action view, edit in [all] appliesTo { principal: [User, Group], resource: [User, Hospital::Study, A::B::C], context: { {{deep}} } };
            action all;
            namespace Hospital { entity Study {{shape}} action look appliesTo { principal: [User], resource: [Study], context: { {{flat}} } }; }
            namespace A::B { entity C enum ["ada", ""]; }
            """;
    }

    private static string Attributes(Random random, string set, string details, string principal) => string.Join(", ", Vocabulary.Attributes.Select(
        attribute => $"{Value.Of(attribute.Name)}{(random.Next(3) == 0 ? "?" : "")}: {Type(attribute, set, details, principal)}"));

    private static string Type((string Name, Kind Kind) attribute, string set, string details, string principal) => attribute.Kind switch
    {
        Kind.Boolean => "__cedar::Bool",
        Kind.Integer => "__cedar::Long",
        Kind.Text => "__cedar::String",
        Kind.Entity => "User",
        Kind.Set => set,
        Kind.Record => attribute.Name is "details" ? details : principal,
        Kind.Address => "ipaddr",
        Kind.Decimal => "decimal",
        Kind.Datetime => "datetime",
        _ => "duration",
    };
}
