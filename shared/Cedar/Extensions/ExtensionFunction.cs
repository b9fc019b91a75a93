using System.Collections.Frozen;

namespace AccessGov.Cedar;

/// <summary>An extension function (called by name) or method (called on its first argument), with one or two arguments.</summary>
internal sealed class ExtensionFunction
{
    private static readonly FrozenDictionary<string, ExtensionFunction> All = ExtensionOperations.List()
        .ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    /// <param name="name">The name.</param>
    /// <param name="parameter">The type of the argument.</param>
    /// <param name="result">The type of the result.</param>
    /// <param name="unary">What it computes.</param>
    /// <param name="example">Right calls, of a constructor only.</param>
    public ExtensionFunction(string name, SchemaType parameter, SchemaType result, Func<Value, Value> unary, string? example = null)
    {
        (Name, Parameters, Result, Unary, Example) = (name, [parameter], result, unary, example);
    }

    public ExtensionFunction(string name, SchemaType receiver, SchemaType parameter, SchemaType result, Func<Value, Value, Value> binary)
    {
        (Name, Parameters, Result, Binary) = (name, [receiver, parameter], result, binary);
    }

    public string Name { get; }

    /// <summary>A method's receiver is its first parameter.</summary>
    public IReadOnlyList<SchemaType> Parameters { get; }

    public SchemaType Result { get; }

    /// <summary>How a constructor is called rightly, for messages; null for methods.</summary>
    public string? Example { get; }

    /// <summary>Every constructor is a function, everything else a method.</summary>
    public bool IsMethod => Example is null;

    public Func<Value, Value>? Unary { get; }

    public Func<Value, Value, Value>? Binary { get; }

    public static ExtensionFunction? Find(string name) => All.GetValueOrDefault(name);

    public static IEnumerable<string> Names(bool isMethod) => All.Values.Where(function => function.IsMethod == isMethod).Select(function => function.Name);

    /// <summary>Calls with any number of arguments; the wrong number is an error of the evaluation.</summary>
    public Value Call(ReadOnlySpan<Value> arguments) => arguments.Length != Parameters.Count
        ? new Failure(
            EvaluationErrorKind.WrongNumberOfArguments,
            $"wrong number of arguments provided to extension function `{Name}`: expected {Parameters.Count}, got {arguments.Length}")
        : Unary is not null ? Unary(arguments[0]) : Binary!(arguments[0], arguments[1]);
}
