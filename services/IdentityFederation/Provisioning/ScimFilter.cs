using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>How two values are compared.</summary>
internal enum ScimOperator
{
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
    Pr,
}

/// <summary>A condition on a resource (RFC 7644, 3.4.2.2). What is absent equals nothing but null.</summary>
internal abstract record ScimFilter
{
    private ScimFilter() { }

    public abstract bool Matches(JsonObject resource);

    public sealed record And(IReadOnlyList<ScimFilter> Parts) : ScimFilter
    {
        public override bool Matches(JsonObject resource) => Parts.All(part => part.Matches(resource));
    }

    public sealed record Or(IReadOnlyList<ScimFilter> Parts) : ScimFilter
    {
        public override bool Matches(JsonObject resource) => Parts.Any(part => part.Matches(resource));
    }

    public sealed record Not(ScimFilter Inner) : ScimFilter
    {
        public override bool Matches(JsonObject resource) => !Inner.Matches(resource);
    }

    /// <summary>One of an attribute's values meets the condition that the path holds.</summary>
    public sealed record Some(ScimPath Path) : ScimFilter
    {
        public override bool Matches(JsonObject resource) => Path.In(resource).Any();
    }

    /// <param name="Path">What is compared.</param>
    /// <param name="Operator">How.</param>
    /// <param name="Value">With what: string, bool, DateTimeOffset, or null for null and for pr.</param>
    public sealed record Compare(ScimPath Path, ScimOperator Operator, object? Value) : ScimFilter
    {
        public override bool Matches(JsonObject resource) => Operator switch
        {
            ScimOperator.Pr => Path.In(resource).Any(),
            ScimOperator.Eq when Value is null => !Path.In(resource).Any(),
            ScimOperator.Ne when Value is null => Path.In(resource).Any(),

            // Of an attribute with one value, ne is the opposite of eq; of many values, one that differs is enough.
            ScimOperator.Ne when Path.Attribute is { Many: false } => !(this with { Operator = ScimOperator.Eq }).Matches(resource),
            _ => Path.In(resource).Select(Comparable).OfType<JsonNode>().Any(Holds),
        };

        private JsonNode? Comparable(JsonNode node) => node is JsonObject parts ? parts["value"] : node;

        private bool Holds(JsonNode node) => Value switch
        {
            bool wanted => node.GetValueKind() is JsonValueKind.True or JsonValueKind.False
                && Ordered(node.GetValue<bool>().CompareTo(wanted)),
            DateTimeOffset wanted => Instant(node) is { } instant && Ordered(instant.CompareTo(wanted)),
            string wanted => node.GetValueKind() == JsonValueKind.String && HoldsText(Folded(node.GetValue<string>()), Folded(wanted)),
            _ => false,
        };

        private bool HoldsText(string text, string wanted) => Operator switch
        {
            ScimOperator.Co => text.Contains(wanted, StringComparison.Ordinal),
            ScimOperator.Sw => text.StartsWith(wanted, StringComparison.Ordinal),
            ScimOperator.Ew => text.EndsWith(wanted, StringComparison.Ordinal),
            _ => Ordered(string.CompareOrdinal(text, wanted)),
        };

        private bool Ordered(int order) => Operator switch
        {
            ScimOperator.Eq => order == 0,
            ScimOperator.Ne => order != 0,
            ScimOperator.Gt => order > 0,
            ScimOperator.Ge => order >= 0,
            ScimOperator.Lt => order < 0,
            ScimOperator.Le => order <= 0,
            _ => false,
        };

        private string Folded(string text) => Path.Compared is { CaseExact: true } ? text : text.ToLowerInvariant();

        private static DateTimeOffset? Instant(JsonNode node) =>
            node.GetValueKind() == JsonValueKind.String ? ScimLiteral.InstantOf(node.GetValue<string>()) : null;
    }
}
