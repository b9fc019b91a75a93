namespace AccessGov.Cedar;

/// <summary>Why an expression has no value.</summary>
public enum EvaluationErrorKind
{
    /// <summary>An attribute or tag of an entity that is not in the data was read.</summary>
    EntityDoesNotExist,

    /// <summary>An entity has no such attribute or tag.</summary>
    EntityAttributeDoesNotExist,

    /// <summary>A record has no such attribute.</summary>
    RecordAttributeDoesNotExist,

    /// <summary>An operator met a value of a type it does not take.</summary>
    TypeError,

    /// <summary>An extension function was called with too few or too many arguments.</summary>
    WrongNumberOfArguments,

    /// <summary>An integer operation left the range of a signed 64-bit integer.</summary>
    IntegerOverflow,

    /// <summary>An extension function refused its arguments, for instance <c>ip("1.2.3")</c>.</summary>
    ExtensionFunctionFailed,

    /// <summary>The expression or one of its values is nested too deeply.</summary>
    RecursionLimit,
}

/// <summary>Why an expression has no value: a kind for programs and a sentence for people.</summary>
public sealed record EvaluationError(EvaluationErrorKind Kind, string Message);

/// <summary>
/// An evaluation error travelling where a value would: an exception would cost ten microseconds each. It never leaves the evaluator.
/// </summary>
internal sealed class Failure(EvaluationErrorKind kind, string message) : Value
{
    public static readonly Failure TooDeep =
        new(EvaluationErrorKind.RecursionLimit, $"a value is nested too deeply: sets and records nest at most {DepthMax} levels");

    public static readonly Failure NoStack =
        new(EvaluationErrorKind.RecursionLimit, "the expression is nested too deeply for what is left of the stack of this thread");

    public EvaluationError Error => new(kind, Excerpt.Of(message));

    internal override string TypeName => "error";

    public static Failure Type(string expected, Value got) =>
        new(EvaluationErrorKind.TypeError, $"type error: expected {expected}, got {got.TypeName}");

    public static Failure Overflow(string doing, long left, long right) => new(
        EvaluationErrorKind.IntegerOverflow,
        $"integer overflow while attempting to {doing} the values `{left}` and `{right}`");

    public static Failure Extension(string message) => new(EvaluationErrorKind.ExtensionFunctionFailed, message);

    public static Failure NoEntity(EntityUid uid) => new(EvaluationErrorKind.EntityDoesNotExist, $"entity `{Short(uid)}` does not exist");

    /// <summary>For a message: ten thousand policies may stumble over one entity, whose id may have a megabyte.</summary>
    public static EntityUid Short(EntityUid uid) => uid.Type.Length + uid.Id.Length <= Excerpt.LengthMax
        ? uid
        : new EntityUid(Excerpt.Of(uid.Type), Excerpt.Of(uid.Id));

    public override bool Equals(Value? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => 7;
}
