namespace AccessGov.Cedar;

/// <summary>
/// How many references a condition follows one after the other (RFC 76), for one policy in one environment. What the typechecker did not
/// reach is not counted. An entity literal can never be followed: whoever loads the data of a request starts at the request.
/// </summary>
internal sealed class LevelChecker(
    TypeUniverse universe, Findings findings, int levelMax, Dictionary<Expression, SchemaType?> types, EntityUid action)
{
    // What is reached on two ways (as the target of `is` and of `in`, say) is counted once, or each level would double the work.
    private readonly HashSet<Expression> done = new(ReferenceEqualityComparer.Instance);

    public void Check(Expression expression)
    {
        if (!types.ContainsKey(expression) || !done.Add(expression))
        {
            return;
        }

        switch (expression)
        {
            case UnaryExpression unary:
                Check(unary.Operand);
                break;
            case BinaryExpression { Operator: BinaryOperator.In or BinaryOperator.HasTag or BinaryOperator.GetTag } dereference:
                Follow(dereference.Left, dereference.Offset);
                Check(dereference.Right);
                break;
            case BinaryExpression binary:
                Check(binary.Left);
                Check(binary.Right);
                break;
            case LogicalExpression logical:
                CheckAll(logical.Operands);
                break;
            case ConditionalExpression conditional:
                Check(conditional.Condition);
                Check(conditional.Then);
                Check(conditional.Otherwise);
                break;
            case AttributeExpression attribute:
                FollowOwner(attribute.Target, attribute.Offset);
                break;
            case HasExpression has:
                Has(has);
                break;
            case LikeExpression like:
                Check(like.Target);
                break;
            case IsExpression test:
                Is(test);
                break;
            case SetExpression set:
                CheckAll(set.Items);
                break;
            case RecordExpression record:
                CheckAll(record.Values);
                break;
            case CallExpression call:
                CheckAll(call.Arguments);
                break;
            default:
                break;
        }
    }

    private void CheckAll(IReadOnlyList<Expression> expressions)
    {
        foreach (Expression expression in expressions)
        {
            Check(expression);
        }
    }

    private void Is(IsExpression test)
    {
        Check(test.Target);
        if (test.In is not null && types.ContainsKey(test.In))
        {
            Follow(test.Target, test.Offset);
            Check(test.In);
        }
    }

    private void FollowOwner(Expression owner, int offset)
    {
        if (IsEntity(owner))
        {
            Follow(owner, offset);
        }
        else
        {
            Check(owner);
        }
    }

    private void Follow(Expression target, int offset) => Report(LevelOf(target, []) + 1, offset);

    private void Report(int level, int offset)
    {
        if (level > levelMax)
        {
            findings.Error(
                ValidationErrorKind.EntityDerefLevelViolation, offset,
                $"This follows {level} {(level == 1 ? "reference" : "references")} in a row; the level allows {levelMax}.",
                $"Validate at level {level} and load that much data, or put what the policy needs nearer to the request.");
        }
    }

    /// <summary><c>target has a.b.c</c> follows a reference at each step whose owner is an entity.</summary>
    private void Has(HasExpression has)
    {
        FollowOwner(has.Target, has.Offset);
        SchemaType? owner = types.GetValueOrDefault(has.Target);
        int? level = owner is EntitySchemaType ? LevelOf(has.Target, []) + 1 : null;
        for (int i = 1; i < has.Path.Count; i++)
        {
            if (owner is null
                || universe.AttributesOf(owner) is not { } attributes
                || !attributes.Attributes.TryGetValue(has.Path[i - 1], out SchemaAttribute? attribute))
            {
                return;
            }

            owner = attribute.Type;
            if (owner is EntitySchemaType)
            {
                level = (level ?? LevelOf(has.Target, new Stack<string>(has.Path.Take(i).Reverse()))) + 1;
                Report(level.Value, has.Offset);
            }
        }
    }

    /// <summary>
    /// How many references lead to the entity that <paramref name="target"/> gives, or that lies at <paramref name="path"/> (the next
    /// attribute on top) in the record it gives: so of <c>{ a: principal, b: context.other }.a</c> only the part that is read counts.
    /// </summary>
    private int LevelOf(Expression target, Stack<string> path)
    {
        switch (target)
        {
            case VariableExpression:
                return 0;
            case ConditionalExpression conditional:
                Check(conditional.Condition);
                return Math.Max(Reached(conditional.Then, path), Reached(conditional.Otherwise, path));
            case AttributeExpression attribute when IsEntity(attribute.Target):
                return LevelOf(attribute.Target, []) + 1;
            case AttributeExpression attribute:
                path.Push(attribute.Name);
                return LevelOf(attribute.Target, path);
            case BinaryExpression { Operator: BinaryOperator.GetTag } tag:
                Check(tag.Right);
                return LevelOf(tag.Left, []) + 1;
            case RecordExpression record:
                return LevelIn(record, path);
            case LiteralExpression { Value: EntityUid uid } when uid != action:
                findings.Error(
                    ValidationErrorKind.EntityDerefLevelViolation, target.Offset,
                    $"Level validation allows no reference to be followed from the literal {TypeText.Short(uid.ToString())}.",
                    "Start at principal, action, resource or context, or put the entity into one of these.");
                return 0;
            default:
                return 0;
        }
    }

    private int Reached(Expression branch, Stack<string> path) =>
        types.ContainsKey(branch) ? LevelOf(branch, new Stack<string>(path.Reverse())) : 0;

    private int LevelIn(RecordExpression record, Stack<string> path)
    {
        string? name = path.TryPop(out string? top) ? top : null;
        int level = 0;
        for (int i = 0; i < record.Names.Count; i++)
        {
            if (string.Equals(record.Names[i], name, StringComparison.Ordinal))
            {
                level = LevelOf(record.Values[i], path);
            }
            else
            {
                Check(record.Values[i]);
            }
        }

        return level;
    }

    private bool IsEntity(Expression expression) => types.GetValueOrDefault(expression) is EntitySchemaType;
}
