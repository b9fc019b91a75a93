namespace AccessGov.Cedar;

/// <summary>
/// A Cedar value: Bool, Long, String, Set, Record, entity uid, ipaddr, decimal, datetime or duration. The hierarchy is closed,
/// every value is immutable and may be shared between threads. Equality is Cedar's <c>==</c>: structural, never an error,
/// and values of different types are never equal.
/// </summary>
public abstract class Value : IEquatable<Value>
{
    /// <summary>The deepest nesting of sets and records in one value. Deeper values are refused, so comparing two values cannot exhaust the stack.</summary>
    public const int DepthMax = 250;

    private protected Value()
    {
    }

    /// <summary>How many sets and records lie around the innermost value; 0 for anything but sets and records.</summary>
    internal virtual int Depth => 0;

    /// <summary>The name of the value's type as error messages write it.</summary>
    internal abstract string TypeName { get; }

    /// <summary>The Bool for <paramref name="value"/>; there are exactly two instances.</summary>
    public static BoolValue Of(bool value) => value ? BoolValue.True : BoolValue.False;

    /// <summary>The Long for <paramref name="value"/>; small ones exist once.</summary>
    public static LongValue Of(long value) => (ulong)(value - LongValue.SmallMin) < (ulong)LongValue.Small.Length ? LongValue.Small[value - LongValue.SmallMin] : new(value);

    /// <summary>The String for <paramref name="value"/>, which should be well-formed Unicode.</summary>
    public static StringValue Of(string value) => new(value);

    /// <summary>Cedar's <c>==</c>.</summary>
    public abstract bool Equals(Value? other);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Value other && Equals(other);

    /// <inheritdoc />
    public abstract override int GetHashCode();

    /// <summary>The value written as a Cedar expression, for messages and logs.</summary>
    public sealed override string ToString() => ValueText.Write(this);
}

/// <summary>A Cedar Bool. Exactly two instances exist, so reference equality is value equality.</summary>
public sealed class BoolValue : Value
{
    /// <summary><c>true</c>.</summary>
    public static readonly BoolValue True = new();

    /// <summary><c>false</c>.</summary>
    public static readonly BoolValue False = new();

    private BoolValue()
    {
    }

    /// <summary>The Boolean itself.</summary>
    public bool IsTrue => ReferenceEquals(this, True);

    internal override string TypeName => "bool";

    /// <inheritdoc />
    public override bool Equals(Value? other) => ReferenceEquals(this, other);

    /// <inheritdoc />
    public override int GetHashCode() => IsTrue ? 1_231 : 1_237;
}

/// <summary>A Cedar Long: a signed 64-bit integer.</summary>
public sealed class LongValue(long number) : Value
{
    internal const int SmallMin = -16;

    // What people write in policies and data: ages, levels, hours, days.
    internal static readonly LongValue[] Small = [.. Enumerable.Range(SmallMin, 272).Select(small => new LongValue(small))];

    /// <summary>The integer itself.</summary>
    public long Number => number;

    internal override string TypeName => "long";

    /// <inheritdoc />
    public override bool Equals(Value? other) => other is LongValue that && that.Number == number;

    /// <inheritdoc />
    public override int GetHashCode() => SeededHash.Of(2, number);
}

/// <summary>A Cedar String, compared by ordinal value.</summary>
public sealed class StringValue : Value
{
    /// <summary>A String holding <paramref name="text"/>, which should be well-formed Unicode.</summary>
    public StringValue(string text) => Text = text ?? throw new ArgumentNullException(nameof(text));

    /// <summary>The text itself.</summary>
    public string Text { get; }

    internal override string TypeName => "string";

    /// <inheritdoc />
    public override bool Equals(Value? other) => other is StringValue that && string.Equals(that.Text, Text, StringComparison.Ordinal);

    /// <inheritdoc />
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
