using System.Text.Json;
using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;

namespace AccessGov.PolicyDecision.Search;

/// <summary>
/// Reads the bound of a policy's resources from its clauses, in Cedar's JSON. A permit is satisfied only when every operand of a conjunction is true and no
/// operand errs, so each operand that is understood bounds it; a disjunction is bounded when both sides are.
/// </summary>
internal static class BoundReader
{
    // A formula that is deeper is not looked into.
    private const int DepthMax = 64;

    private static readonly Bound Anything = new Bound.Anything();

    /// <summary>The bound of a list of clauses: an <c>unless</c> says what must be false, which bounds nothing.</summary>
    public static Bound Of(JsonElement conditions) => conditions.EnumerateArray()
        .Where(condition => condition.GetProperty("kind").GetString() == "when")
        .Select(condition => Of(condition.GetProperty("body"), 0))
        .Aggregate(Anything, And);

    /// <summary>The bound of being in a group.</summary>
    public static Bound OfGroup(EntityUid group) => group.Type switch
    {
        Membership.RoleType => new Bound.Holder(group.Id, Fully: true),
        Membership.ReaderType => new Bound.Holder(group.Id, Fully: false),
        _ => Anything,
    };

    private static Bound Of(JsonElement expression, int depth)
    {
        if (depth > DepthMax)
        {
            return Anything;
        }

        JsonProperty node = expression.EnumerateObject().First();
        if (node.Value.ValueKind != JsonValueKind.Object || !node.Value.TryGetProperty("left", out JsonElement left) || !node.Value.TryGetProperty("right", out JsonElement right))
        {
            return Anything;
        }

        return node.Name switch
        {
            "&&" => And(Of(left, depth + 1), Of(right, depth + 1)),
            "||" => new Bound.Either(Of(left, depth + 1), Of(right, depth + 1)),
            "in" when Path(left) == "principal" => Path(right) is { } users ? OfUsers(users) : OfGroup(right),
            "contains" when Path(right) == "principal" => OfUsers(Path(left)),
            "contains" when Path(left) == "principal.family" => Path(right) is "resource" or "resource.patient" ? new Bound.Family() : Anything,
            "==" => OfEqual(Path(left), Path(right)),
            _ => Anything,
        };
    }

    private static Bound OfUsers(string? path) => path switch
    {
        "resource.careTeam" or "resource.patient.careTeam" => new Bound.CareTeam(),
        "resource.referredTo" or "resource.patient.referredTo" => new Bound.Referral(),
        "resource.referringPhysician" => new Bound.Referrer(),
        _ => Anything,
    };

    private static Bound OfGroup(JsonElement literal) =>
        literal.TryGetProperty("Value", out JsonElement value) && value.ValueKind == JsonValueKind.Object && value.TryGetProperty("__entity", out JsonElement entity)
            ? OfGroup(new EntityUid(entity.GetProperty("type").GetString()!, entity.GetProperty("id").GetString()!))
            : Anything;

    private static Bound OfEqual(string? left, string? right) => (left, right) switch
    {
        ("resource.referringPhysician", "principal") or ("principal", "resource.referringPhysician") => new Bound.Referrer(),
        ("principal.self", "resource.patient" or "resource") or ("resource.patient" or "resource", "principal.self") => new Bound.Self(),
        _ => Anything,
    };

    private static Bound And(Bound left, Bound right) => left is Bound.Anything ? right : right is Bound.Anything ? left : new Bound.Both(left, right);

    /// <summary>A variable with the attributes that are read from it, joined by dots; null when the expression is none, or reads deeper than any that bounds.</summary>
    private static string? Path(JsonElement expression, int attributesMax = 2)
    {
        JsonProperty node = expression.EnumerateObject().First();
        return node.Name switch
        {
            "Var" => node.Value.GetString(),
            "." when attributesMax > 0 && Path(node.Value.GetProperty("left"), attributesMax - 1) is { } target => $"{target}.{node.Value.GetProperty("attr").GetString()}",
            _ => null,
        };
    }
}
