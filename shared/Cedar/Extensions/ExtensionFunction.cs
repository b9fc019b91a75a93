using System.Collections.Frozen;

namespace AccessGov.Cedar;

/// <summary>An extension function (called by name) or method (called on its first argument), with one or two arguments.</summary>
internal sealed class ExtensionFunction
{
    private static readonly FrozenDictionary<string, ExtensionFunction> All = ExtensionOperations.List()
        .ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    public ExtensionFunction(string name, bool isMethod, Func<Value, Value> unary)
    {
        (Name, IsMethod, Unary) = (name, isMethod, unary);
    }

    public ExtensionFunction(string name, Func<Value, Value, Value> binary)
    {
        (Name, IsMethod, Binary) = (name, true, binary);
    }

    public string Name { get; }

    /// <summary>Every constructor is a function, everything else a method.</summary>
    public bool IsMethod { get; }

    public Func<Value, Value>? Unary { get; }

    public Func<Value, Value, Value>? Binary { get; }

    public int ArgumentCount => Unary is null ? 2 : 1;

    public static ExtensionFunction? Find(string name) => All.GetValueOrDefault(name);

    public static IEnumerable<string> Names(bool isMethod) => All.Values.Where(function => function.IsMethod == isMethod).Select(function => function.Name);

    /// <summary>Calls with any number of arguments; the wrong number is an error of the evaluation.</summary>
    public Value Call(ReadOnlySpan<Value> arguments) => arguments.Length != ArgumentCount
        ? new Failure(
            EvaluationErrorKind.WrongNumberOfArguments,
            $"wrong number of arguments provided to extension function `{Name}`: expected {ArgumentCount}, got {arguments.Length}")
        : Unary is not null ? Unary(arguments[0]) : Binary!(arguments[0], arguments[1]);
}
