namespace AccessGov.Cedar;

/// <summary>The scope of a policy: principal, action and resource, in this order.</summary>
internal sealed class ScopeParser(TokenReader reader)
{
    private const string UidExpected = "an entity uid such as User::\"alice\"";

    public (EntityScope Principal, ActionScope Action, EntityScope Resource) Read()
    {
        reader.Expect(TokenKind.LeftParenthesis, "`(`");
        int start = Variable("principal");
        EntityScope principal = Entity("?principal") with { Start = start };
        Next("action");
        start = Variable("action");
        ActionScope action = Action() with { Start = start };
        Next("resource");
        start = Variable("resource");
        EntityScope resource = Entity("?resource") with { Start = start };
        if (reader.TakeIf(TokenKind.Comma) && reader.Kind != TokenKind.RightParenthesis)
        {
            throw TokenReader.Fail(reader.Current.Offset, "The scope has an extra element; it holds principal, action and resource.");
        }

        reader.Expect(TokenKind.RightParenthesis, "`)`");
        return (principal, action, resource);
    }

    private void Next(string variable)
    {
        if (reader.Kind == TokenKind.RightParenthesis)
        {
            throw Missing(variable);
        }

        reader.Expect(TokenKind.Comma, "`,`");
    }

    private int Variable(string variable)
    {
        if (reader.Kind == TokenKind.RightParenthesis)
        {
            throw Missing(variable);
        }

        if (reader.Kind == TokenKind.Identifier && !reader.IsWord(variable))
        {
            throw TokenReader.Fail(
                reader.Current.Offset, $"Found `{reader.TextOf(reader.Current)}` where the variable `{variable}` must be used.");
        }

        int offset = reader.Current.Offset;
        reader.ExpectWord(variable);
        return offset;
    }

    private SyntaxFailureException Missing(string variable) =>
        TokenReader.Fail(reader.Current.Offset, $"This policy is missing the variable `{variable}` in its scope, which is `(principal, action, resource)`.");

    private EntityScope Entity(string slot)
    {
        int offset = reader.Current.Offset;
        if (reader.TakeIf(TokenKind.Equal))
        {
            return Bound(offset, ScopeOperator.Equal, null, slot);
        }

        if (reader.IsWord("in"))
        {
            reader.Take();
            EntityScope scope = Bound(offset, ScopeOperator.In, null, slot);
            return reader.IsWord("is") ? throw TokenReader.Fail(reader.Current.Offset, "`is` comes before `in` in a scope.") : scope;
        }

        if (reader.IsWord("is"))
        {
            return Is(offset, slot);
        }

        RefuseOtherOperator();
        return new EntityScope(offset, ScopeOperator.Any, null, null, HasSlot: false);
    }

    private EntityScope Is(int offset, string slot)
    {
        reader.Take();
        string type = reader.Path("an entity type");
        if (reader.Kind == TokenKind.DoubleColon)
        {
            throw reader.Unexpected("an entity type, without an id");
        }

        if (reader.Kind == TokenKind.Equal)
        {
            throw TokenReader.Fail(reader.Current.Offset, "`is` cannot be used together with `==`, which says the type already; leave one of them out.");
        }

        if (!reader.IsWord("in"))
        {
            return new EntityScope(offset, ScopeOperator.Is, type, null, HasSlot: false);
        }

        reader.Take();
        return Bound(offset, ScopeOperator.IsIn, type, slot);
    }

    private EntityScope Bound(int offset, ScopeOperator symbol, string? type, string slot) => InParentheses(() =>
    {
        if (reader.Kind == TokenKind.Slot)
        {
            if (!reader.IsSlot(slot))
            {
                throw reader.Unexpected($"an entity uid or the slot {slot}");
            }

            reader.Take();
            return new EntityScope(offset, symbol, type, null, HasSlot: true);
        }

        if (reader.Kind == TokenKind.LeftBracket)
        {
            throw TokenReader.Fail(reader.Current.Offset, "Expected a single entity uid, found a set of entity uids; write `in` and a group, one policy for each, or `in [...]` in a `when` clause.");
        }

        return new EntityScope(offset, symbol, type, reader.EntityUid(UidExpected), HasSlot: false);
    });

    private ActionScope Action()
    {
        int offset = reader.Current.Offset;
        if (reader.TakeIf(TokenKind.Equal))
        {
            return new ActionScope(offset, ScopeOperator.Equal, [ActionUid()], IsList: false);
        }

        if (reader.IsWord("is"))
        {
            throw TokenReader.Fail(offset, "`is` cannot appear in the scope of the action; write `action == Action::\"...\"` or `action in [Action::\"...\"]`.");
        }

        if (!reader.IsWord("in"))
        {
            RefuseOtherOperator();
            return new ActionScope(offset, ScopeOperator.Any, [], IsList: false);
        }

        reader.Take();
        return InParentheses(() => reader.TakeIf(TokenKind.LeftBracket)
            ? new ActionScope(offset, ScopeOperator.In, ActionList(), IsList: true)
            : new ActionScope(offset, ScopeOperator.In, [ActionUid()], IsList: false));
    }

    private List<EntityUid> ActionList()
    {
        var actions = new List<EntityUid>();
        while (!reader.TakeIf(TokenKind.RightBracket))
        {
            actions.Add(ActionUid());
            if (!reader.TakeIf(TokenKind.Comma))
            {
                reader.Expect(TokenKind.RightBracket, "`,` or `]`");
                break;
            }
        }

        return actions;
    }

    private EntityUid ActionUid()
    {
        int offset = reader.Current.Offset;
        if (reader.Kind == TokenKind.Slot)
        {
            throw TokenReader.Fail(offset, "The action takes no template slot; expected an entity uid such as Action::\"view\".");
        }

        EntityUid uid = InParentheses(() => reader.EntityUid(UidExpected));
        return Names.IsActionType(uid.Type)
            ? uid
            : throw TokenReader.Fail(offset, $"Expected an entity of type `Action`, in a namespace or not, but got `{uid}`.");
    }

    // Parentheses around what a scope compares with are allowed, as in any expression.
    private T InParentheses<T>(Func<T> read)
    {
        int parentheses = 0;
        while (reader.TakeIf(TokenKind.LeftParenthesis))
        {
            parentheses++;
        }

        T inner = read();
        for (; parentheses > 0; parentheses--)
        {
            reader.Expect(TokenKind.RightParenthesis, "`)`");
        }

        return inner;
    }

    private void RefuseOtherOperator()
    {
        switch (reader.Kind)
        {
            case TokenKind.Colon:
                throw TokenReader.Fail(reader.Current.Offset, "Types are not written with `:` in a scope; use `is`.");
            case TokenKind.Less or TokenKind.LessOrEqual or TokenKind.Greater or TokenKind.GreaterOrEqual or TokenKind.NotEqual:
                throw TokenReader.Fail(
                    reader.Current.Offset, $"`{reader.TextOf(reader.Current)}` may not stand in a scope; only `==`, `in` and `is` may.");
            default:
                return;
        }
    }
}
