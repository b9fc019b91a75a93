namespace AccessGov.Cedar;

/// <summary>What a policy does wrong by a schema.</summary>
public enum ValidationErrorKind
{
    /// <summary>The schema declares no such entity type.</summary>
    UnrecognizedEntityType,

    /// <summary>The schema declares no such action.</summary>
    UnrecognizedActionId,

    /// <summary>No action of the scope applies to a principal and a resource of the scope.</summary>
    InvalidActionApplication,

    /// <summary>An expression has another type than its place takes.</summary>
    UnexpectedType,

    /// <summary>Two expressions that must have one type have different ones.</summary>
    IncompatibleTypes,

    /// <summary>An attribute is read that the type does not have.</summary>
    UnsafeAttributeAccess,

    /// <summary>An optional attribute is read without a <c>has</c> that guards it.</summary>
    UnsafeOptionalAttributeAccess,

    /// <summary>A tag is read without a <c>hasTag</c> that guards it.</summary>
    UnsafeTagAccess,

    /// <summary>
    /// A tag is read of an entity whose type has no tags. The official validator says <see cref="UnsafeTagAccess"/> here and advises a
    /// guard, which would be false always.
    /// </summary>
    NoTagsAllowed,

    /// <summary>There is no such extension function. One of the official kinds; here text and JSON with an unknown function are refused when they are read.</summary>
    UndefinedFunction,

    /// <summary>An extension function has too few or too many arguments.</summary>
    WrongNumberArguments,

    /// <summary>The literal in a constructor is none of its type, as in <c>ip("1.2.3")</c>.</summary>
    FunctionArgumentValidation,

    /// <summary>An empty set literal, whose elements have no type.</summary>
    EmptySetForbidden,

    /// <summary>A constructor is called on something else than a literal, as in <c>ip(context.address)</c>.</summary>
    NonLitExtConstructor,

    /// <summary>The validator met what cannot be: a mistake in it.</summary>
    InternalInvariantViolation,

    /// <summary>The id is none of those that the enumerated entity type lists.</summary>
    InvalidEnumEntity,

    /// <summary>The policy follows more references than the level allows, or follows one from an entity literal.</summary>
    EntityDerefLevelViolation,
}

/// <summary>What is suspicious about a policy that may be right.</summary>
public enum ValidationWarningKind
{
    /// <summary>A string holds letters of several scripts.</summary>
    MixedScriptString,

    /// <summary>A string holds characters that change the direction of text.</summary>
    BidiCharsInString,

    /// <summary>An identifier or the id of an entity holds characters that change the direction of text.</summary>
    BidiCharsInIdentifier,

    /// <summary>An identifier or the id of an entity holds letters of several scripts.</summary>
    MixedScriptIdentifier,

    /// <summary>An identifier or the id of an entity holds a character that is easily taken for another, or not seen.</summary>
    ConfusableIdentifier,

    /// <summary>The policy is false for every valid request.</summary>
    ImpossiblePolicy,
}

/// <summary>One mistake in one policy. <c>Position</c> is the start of the offending expression.</summary>
/// <param name="Kind">For programs.</param>
/// <param name="Policy">The policy it is in.</param>
/// <param name="Position">File, line and column; of the whole policy where no smaller part is to blame.</param>
/// <param name="Problem">What is wrong, in a sentence.</param>
/// <param name="Suggestion">What would be right, in a sentence; never empty.</param>
public sealed record ValidationError(ValidationErrorKind Kind, Policy Policy, SourcePosition Position, string Problem, string Suggestion)
{
    /// <summary>Policy, line, column, what is wrong and what would be right.</summary>
    public string Message => $"{Position}: policy `{Policy.Id}`: {Problem} {Suggestion}";

    /// <summary>The message.</summary>
    public override string ToString() => Message;
}

/// <summary>One suspicion about one policy. A warning never makes a policy set invalid.</summary>
/// <param name="Kind">For programs.</param>
/// <param name="Policy">The policy it is in.</param>
/// <param name="Position">File, line and column; of the whole policy where no smaller part is to blame.</param>
/// <param name="Problem">What is suspicious, in a sentence.</param>
/// <param name="Suggestion">What to look at, in a sentence; never empty.</param>
public sealed record ValidationWarning(ValidationWarningKind Kind, Policy Policy, SourcePosition Position, string Problem, string Suggestion)
{
    /// <summary>Policy, line, column, what is suspicious and what to look at.</summary>
    public string Message => $"{Position}: policy `{Policy.Id}`: {Problem} {Suggestion}";

    /// <summary>The message.</summary>
    public override string ToString() => Message;
}

/// <summary>What a validation found, in the order of the policies. Immutable.</summary>
/// <param name="Errors">At most <see cref="PolicyFindingsMax"/> per policy.</param>
/// <param name="Warnings">At most <see cref="PolicyFindingsMax"/> per policy.</param>
public sealed record ValidationResult(IReadOnlyList<ValidationError> Errors, IReadOnlyList<ValidationWarning> Warnings)
{
    /// <summary>The most errors, and the most warnings, that are reported of one policy.</summary>
    public const int PolicyFindingsMax = 100;

    /// <summary>
    /// Whether there is no error. Every request and all data that match the schema are then evaluated without a type error; integers may
    /// still overflow, and an entity may be missing from the data.
    /// </summary>
    public bool IsValid => Errors.Count == 0;
}
