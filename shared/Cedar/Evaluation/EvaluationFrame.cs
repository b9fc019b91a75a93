namespace AccessGov.Cedar;

/// <summary>What a compiled expression reads: the request, the entities, and the principal's and the resource's entity, looked up once.</summary>
internal readonly struct EvaluationFrame(in Request request, IEntities entities)
{
    public readonly EntityUid Principal = request.Principal;
    public readonly EntityUid Action = request.Action;
    public readonly EntityUid Resource = request.Resource;
    public readonly RecordValue Context = request.Context;
    public readonly IEntities Entities = entities;
    public readonly Entity? PrincipalEntity = entities.Find(request.Principal);
    public readonly Entity? ResourceEntity = entities.Find(request.Resource);

    public Entity? Find(EntityUid uid) =>
        ReferenceEquals(uid, Principal) ? PrincipalEntity
        : ReferenceEquals(uid, Resource) ? ResourceEntity
        : Entities.Find(uid);

    public bool IsIn(EntityUid uid, EntityUid group) => uid.Equals(group) || Entities.IsDescendant(uid, group);
}

/// <summary>A compiled expression. The result is a value or a <see cref="Failure"/>.</summary>
internal delegate Value Evaluation(in EvaluationFrame frame);

/// <summary>
/// A compiled expression together with its value, when that is the same for every request (a failure included), and with code that gives
/// its result as a number, when the expression computes one.
/// </summary>
internal readonly struct Compiled(Evaluation code, Value? constant = null, NumberEvaluation? number = null)
{
    public Evaluation Code { get; } = code;

    public Value? Constant { get; } = constant;

    public NumberEvaluation? Number { get; } = number;

    public static Compiled Of(Value constant) => new((in _) => constant, constant);

    /// <summary>Code that reads nothing but its operands: with constant operands its value is known now.</summary>
    public static Compiled Pure(Evaluation code, params ReadOnlySpan<Compiled> operands) => AreConstant(operands) ? Of(code(default)) : new Compiled(code);

    /// <summary>As <see cref="Pure(Evaluation, ReadOnlySpan{Compiled})"/>, for what computes a number.</summary>
    public static Compiled Pure(NumberEvaluation number, params ReadOnlySpan<Compiled> operands) =>
        AreConstant(operands) ? Of(number(default).ToValue()) : new Compiled((in frame) => number(in frame).ToValue(), null, number);

    private static bool AreConstant(ReadOnlySpan<Compiled> operands)
    {
        foreach (Compiled operand in operands)
        {
            if (operand.Constant is null)
            {
                return false;
            }
        }

        return true;
    }
}
