namespace AccessGov.Cedar;

/// <summary>Extension functions: their arguments, and the literals that constructors take.</summary>
internal sealed partial class Typechecker
{
    private Typed Call(CallExpression call, Capabilities known)
    {
        ExtensionFunction function = call.Function;
        if (!ArgumentsAreRight(call))
        {
            CheckAll(call.Arguments, known);
            return Typed.Unsound(function.Result);
        }

        bool sound = true;
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            SchemaType parameter = function.Parameters[i];
            sound &= Expect(
                call.Arguments[i], known, type => universe.Lattice.Join(type, parameter) is not null, TypeText.One(parameter), null).IsSound;
        }

        return Typed.Sound(function.Result).If(sound);
    }

    private void CheckAll(IReadOnlyList<Expression> expressions, Capabilities known)
    {
        foreach (Expression expression in expressions)
        {
            Check(expression, known);
        }
    }

    private bool ArgumentsAreRight(CallExpression call)
    {
        bool right = true;
        ExtensionFunction function = call.Function;
        string name = function.Name;
        int receivers = function.IsMethod ? 1 : 0;
        if (call.Arguments.Count != function.Parameters.Count)
        {
            int expected = function.Parameters.Count - receivers;
            findings.Error(
                ValidationErrorKind.WrongNumberArguments, call.Offset,
                $"`{name}` takes {Count(expected)} and got {call.Arguments.Count - receivers}.", $"Call it with {Count(expected)}.");
            right = false;
        }

        if (call.Arguments is [LiteralExpression { Value: StringValue }] && MalformedLiterals.ProblemOf(call) is { } problem)
        {
            findings.Error(ValidationErrorKind.FunctionArgumentValidation, call.Offset, problem, MalformedLiterals.SuggestionFor(function));
            right = false;
        }

        if (!function.IsMethod && call.Arguments.Any(argument => Literals.Of(argument) is null))
        {
            findings.Error(
                ValidationErrorKind.NonLitExtConstructor, call.Offset, $"`{name}` takes a literal only, since anything else could fail in a request.",
                $"Write a literal as in {function.Example}, "
                    + $"or give the attribute the type {TypeText.Of(function.Result)} in the schema and the data.");
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
}
