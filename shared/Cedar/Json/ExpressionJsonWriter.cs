using System.Text.Json;

namespace AccessGov.Cedar;

/// <summary>Expressions as JSON. Recursion is bounded by the height of the tree, a chain of <c>&amp;&amp;</c> or <c>||</c> needs none.</summary>
internal sealed class ExpressionJsonWriter(Utf8JsonWriter writer)
{
    private const int NestingByDefault = 1_000;

    // The writer holds its own bound; an expression on its way to it says so in words of ours.
    private readonly int nestingMax = writer.Options.MaxDepth == 0 ? NestingByDefault : writer.Options.MaxDepth;

    public void Write(Expression expression)
    {
        Reserve(2);
        writer.WriteStartObject();
        switch (expression)
        {
            case LiteralExpression literal: WriteLiteral(literal.Value); break;
            case VariableExpression variable: writer.WriteString("Var", CedarWords.Of(variable.Variable)); break;
            case UnaryExpression unary: Write(CedarWords.Of(unary.Operator), ("arg", unary.Operand)); break;
            case BinaryExpression binary: Write(CedarWords.Of(binary.Operator), ("left", binary.Left), ("right", binary.Right)); break;
            case LogicalExpression chain: WriteChain(chain.IsAnd ? "&&" : "||", chain.Operands); break;
            case ConditionalExpression conditional:
                Write("if-then-else", ("if", conditional.Condition), ("then", conditional.Then), ("else", conditional.Otherwise));
                break;
            case AttributeExpression attribute: WriteAttribute(attribute); break;
            case HasExpression has: WriteHas(has); break;
            case LikeExpression like: WriteLike(like); break;
            case IsExpression test: WriteIs(test); break;
            case SetExpression set: WriteList("Set", set.Items); break;
            case RecordExpression record: Write("Record", [.. record.Names.Zip(record.Values)]); break;
            case CallExpression call: WriteList(call.Function.Name, call.Arguments); break;
            default: throw new ArgumentException($"{expression.GetType().Name} has no JSON.", nameof(expression));
        }

        writer.WriteEndObject();
    }

    private void Write(string key, params ReadOnlySpan<(string Name, Expression Value)> fields)
    {
        writer.WriteStartObject(key);
        foreach ((string name, Expression value) in fields)
        {
            writer.WritePropertyName(name);
            Write(value);
        }

        writer.WriteEndObject();
    }

    private void WriteLiteral(Value value)
    {
        Reserve(4);
        writer.WritePropertyName("Value");
        ValueJsonWriter.Write(writer, value);
    }

    // a && b && c is (a && b) && c: the operators open one after the other, and each operand but the first closes one.
    private void WriteChain(string key, IReadOnlyList<Expression> operands)
    {
        Reserve(2 * operands.Count);
        for (int i = operands.Count - 1; i > 0; i--)
        {
            writer.WriteStartObject(key);
            writer.WritePropertyName("left");
            if (i > 1)
            {
                writer.WriteStartObject();
            }
        }

        Write(operands[0]);
        for (int i = 1; i < operands.Count; i++)
        {
            writer.WritePropertyName("right");
            Write(operands[i]);
            writer.WriteEndObject();
            if (i < operands.Count - 1)
            {
                writer.WriteEndObject();
            }
        }
    }

    private void WriteAttribute(AttributeExpression attribute)
    {
        writer.WriteStartObject(".");
        writer.WritePropertyName("left");
        Write(attribute.Target);
        writer.WriteString("attr", attribute.Name);
        writer.WriteEndObject();
    }

    // The official engine writes a path as a list, too. Spelling it out as a chain of `has` would double the size at every level.
    private void WriteHas(HasExpression has)
    {
        writer.WriteStartObject("has");
        writer.WritePropertyName("left");
        Write(has.Target);
        if (has.Path.Count == 1)
        {
            writer.WriteString("attr", has.Path[0]);
        }
        else
        {
            writer.WriteStartArray("attr");
            foreach (string name in has.Path)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void WriteLike(LikeExpression like)
    {
        writer.WriteStartObject("like");
        writer.WritePropertyName("left");
        Write(like.Target);
        writer.WriteStartArray("pattern");
        for (int i = 0; i < like.Pattern.Segments.Count; i++)
        {
            if (i > 0)
            {
                writer.WriteStringValue("Wildcard");
            }

            if (like.Pattern.Segments[i].Length > 0)
            {
                writer.WriteStartObject();
                writer.WriteString("Literal", like.Pattern.Segments[i]);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteIs(IsExpression test)
    {
        writer.WriteStartObject("is");
        writer.WritePropertyName("left");
        Write(test.Target);
        writer.WriteString("entity_type", test.EntityType);
        if (test.In is not null)
        {
            writer.WritePropertyName("in");
            Write(test.In);
        }

        writer.WriteEndObject();
    }

    private void WriteList(string key, IReadOnlyList<Expression> items)
    {
        writer.WriteStartArray(key);
        foreach (Expression item in items)
        {
            Write(item);
        }

        writer.WriteEndArray();
    }

    private void Reserve(int levels)
    {
        if (writer.CurrentDepth + levels > nestingMax)
        {
            throw new PolicyJsonException("$", $"This policy nests deeper in JSON than {nestingMax} levels.");
        }
    }
}
