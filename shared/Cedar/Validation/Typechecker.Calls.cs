using System.Collections.Frozen;

namespace AccessGov.Cedar;

/// <summary>Extension functions: their signatures, and the literals that constructors take.</summary>
internal sealed partial class Typechecker
{
    private static readonly SchemaType Ipaddr = new ExtensionSchemaType("ipaddr");
    private static readonly SchemaType Decimal = new ExtensionSchemaType("decimal");
    private static readonly SchemaType Datetime = new ExtensionSchemaType("datetime");
    private static readonly SchemaType Duration = new ExtensionSchemaType("duration");

    private static readonly FrozenDictionary<string, Signature> Signatures = new Dictionary<string, Signature>(StringComparer.Ordinal)
    {
        ["ip"] = new(Ipaddr, [SchemaType.String], "ip(\"10.0.0.1\") or ip(\"10.0.0.0/8\")"),
        ["decimal"] = new(Decimal, [SchemaType.String], "decimal(\"12.34\")"),
        ["datetime"] = new(Datetime, [SchemaType.String], "datetime(\"2025-01-31\") or datetime(\"2025-01-31T08:30:00Z\")"),
        ["duration"] = new(Duration, [SchemaType.String], "duration(\"1d12h\") or duration(\"-90s\")"),
        ["isIpv4"] = new(SchemaType.Bool, [Ipaddr]),
        ["isIpv6"] = new(SchemaType.Bool, [Ipaddr]),
        ["isLoopback"] = new(SchemaType.Bool, [Ipaddr]),
        ["isMulticast"] = new(SchemaType.Bool, [Ipaddr]),
        ["isInRange"] = new(SchemaType.Bool, [Ipaddr, Ipaddr]),
        ["lessThan"] = new(SchemaType.Bool, [Decimal, Decimal]),
        ["lessThanOrEqual"] = new(SchemaType.Bool, [Decimal, Decimal]),
        ["greaterThan"] = new(SchemaType.Bool, [Decimal, Decimal]),
        ["greaterThanOrEqual"] = new(SchemaType.Bool, [Decimal, Decimal]),
        ["offset"] = new(Datetime, [Datetime, Duration]),
        ["durationSince"] = new(Duration, [Datetime, Datetime]),
        ["toDate"] = new(Datetime, [Datetime]),
        ["toTime"] = new(Duration, [Datetime]),
        ["toMilliseconds"] = new(SchemaType.Long, [Duration]),
        ["toSeconds"] = new(SchemaType.Long, [Duration]),
        ["toMinutes"] = new(SchemaType.Long, [Duration]),
        ["toHours"] = new(SchemaType.Long, [Duration]),
        ["toDays"] = new(SchemaType.Long, [Duration]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private Typed Call(CallExpression call, Capabilities known)
    {
        if (!Signatures.TryGetValue(call.Function.Name, out Signature? signature))
        {
            findings.Error(
                ValidationErrorKind.UndefinedFunction, call.Offset, $"There is no function `{call.Function.Name}`.",
                universe.Nearest.Find(call.Function.Name, Signatures.Keys) is { } near
                    ? $"Did you mean `{near}`?"
                    : $"There are {TypeText.List(Signatures.Keys)}.");
            CheckAll(call.Arguments, known);
            return Typed.Unsound(null);
        }

        if (!ArgumentsAreRight(call, signature))
        {
            CheckAll(call.Arguments, known);
            return Typed.Unsound(signature.Result);
        }

        bool sound = true;
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            SchemaType parameter = signature.Parameters[i];
            sound &= Expect(
                call.Arguments[i], known, type => universe.Lattice.Join(type, parameter) is not null, $"a {TypeText.Of(parameter)}", null).IsSound;
        }

        return Typed.Sound(signature.Result).If(sound);
    }

    private void CheckAll(IReadOnlyList<Expression> expressions, Capabilities known)
    {
        foreach (Expression expression in expressions)
        {
            Check(expression, known);
        }
    }

    private bool ArgumentsAreRight(CallExpression call, Signature signature)
    {
        bool right = true;
        string name = call.Function.Name;
        int receivers = call.Function.IsMethod ? 1 : 0;
        if (call.Arguments.Count != signature.Parameters.Length)
        {
            int expected = signature.Parameters.Length - receivers;
            findings.Error(
                ValidationErrorKind.WrongNumberArguments, call.Offset,
                $"`{name}` takes {Count(expected)} and got {call.Arguments.Count - receivers}.", $"Call it with {Count(expected)}.");
            right = false;
        }

        if (signature.Example is null)
        {
            return right;
        }

        if (call.Arguments is [LiteralExpression { Value: StringValue text }] && call.Function.Call([text]) is Failure failure)
        {
            findings.Error(
                ValidationErrorKind.FunctionArgumentValidation, call.Offset,
                $"`{name}` refuses its argument: {TypeText.Short(failure.Error.Message)}.", $"Right is, for instance, {signature.Example}.");
            right = false;
        }

        if (call.Arguments.Any(argument => Literals.Of(argument) is null))
        {
            findings.Error(
                ValidationErrorKind.NonLitExtConstructor, call.Offset, $"`{name}` takes a literal only, since anything else could fail in a request.",
                $"Write a literal as in {signature.Example}, "
                    + $"or give the attribute the type {TypeText.Of(signature.Result)} in the schema and the data.");
            right = false;
        }

        return right;
    }

    private static string Count(int arguments) => arguments switch
    {
        0 => "no argument",
        1 => "one argument",
        _ => $"{arguments} arguments",
    };

    /// <summary><c>Example</c> is there for constructors, which take literals only. A method's receiver is its first parameter.</summary>
    private sealed record Signature(SchemaType Result, SchemaType[] Parameters, string? Example = null);
}
