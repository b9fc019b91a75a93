namespace AccessGov.Cedar;

/// <summary>
/// Where the names in a scope stand. The syntax tree keeps where a constraint starts, at its operator; for the few policies with an error
/// there the rest is read again. What is not found there (a link has its entities from elsewhere) stands where the constraint starts.
/// </summary>
internal static class ScopePlaces
{
    public static Lazy<int> OfType(PolicyTree tree, EntityScope scope) => new(() => Find(tree, scope.Offset, 0, scope.EntityType!));

    public static Lazy<int> OfEntity(PolicyTree tree, EntityScope scope) =>
        new(() => Find(tree, scope.Offset, scope.EntityType is null ? 0 : 1, scope.Entity!.Type));

    public static Lazy<int> OfAction(PolicyTree tree, int index) =>
        new(() => Find(tree, tree.Action.Offset, index, tree.Action.Entities[index].Type));

    /// <summary>The place of the path number <paramref name="index"/> behind the operator, when it is the one that is looked for.</summary>
    private static int Find(PolicyTree tree, int offset, int index, string path)
    {
        string text = tree.Source.Text;
        int end = Math.Min(tree.Offset + tree.Length, text.Length);
        if (offset < 0 || offset >= end)
        {
            return offset;
        }

        var reader = new TokenReader(new SourceText(null, text[offset..end]));
        while (reader.Kind is not (TokenKind.End or TokenKind.LeftBrace))
        {
            if (reader.Kind != TokenKind.Identifier || reader.IsWord("is") || reader.IsWord("in"))
            {
                reader.Take();
                continue;
            }

            int start = reader.Current.Offset;
            string found = Path(reader);
            if (index-- == 0)
            {
                return string.Equals(found, path, StringComparison.Ordinal) ? offset + start : offset;
            }
        }

        return offset;
    }

    private static string Path(TokenReader reader)
    {
        string path = reader.TextOf(reader.Take()).ToString();
        while (reader.Kind == TokenKind.DoubleColon)
        {
            reader.Take();
            if (reader.Kind == TokenKind.Identifier)
            {
                path = $"{path}::{reader.TextOf(reader.Take())}";
            }
        }

        return path;
    }
}
