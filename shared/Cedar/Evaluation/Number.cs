namespace AccessGov.Cedar;

/// <summary>What a number counts.</summary>
internal enum NumberKind
{
    /// <summary>It is no number.</summary>
    None,

    Long,

    /// <summary>Milliseconds since the epoch.</summary>
    Datetime,

    /// <summary>Milliseconds.</summary>
    Duration,
}

/// <summary>
/// An intermediate result of arithmetic: a number that only becomes a value, on the heap, where something else than arithmetic or a
/// comparison asks for it. What is no number, a failure among it, is carried as the value it is.
/// </summary>
internal readonly struct Number
{
    private readonly Value? value;

    public Number(NumberKind kind, long amount)
    {
        Kind = kind;
        Amount = amount;
    }

    private Number(Value value) => this.value = value;

    public NumberKind Kind { get; }

    public long Amount { get; }

    public static Number Of(Value value) => value switch
    {
        LongValue integer => new Number(NumberKind.Long, integer.Number),
        DatetimeValue instant => new Number(NumberKind.Datetime, instant.EpochMilliseconds),
        DurationValue length => new Number(NumberKind.Duration, length.Milliseconds),
        _ => new Number(value),
    };

    public Value ToValue() => Kind switch
    {
        NumberKind.Long => Value.Of(Amount),
        NumberKind.Datetime => new DatetimeValue(Amount),
        NumberKind.Duration => new DurationValue(Amount),
        _ => value!,
    };
}

/// <summary>A compiled expression whose result is meant to be a number.</summary>
internal delegate Number NumberEvaluation(in EvaluationFrame frame);

/// <summary>An operator on numbers.</summary>
internal delegate Number NumberOperation(in Number left, in Number right);
