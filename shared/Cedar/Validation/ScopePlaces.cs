using System.Text;

namespace AccessGov.Cedar;

/// <summary>
/// Where the names in a scope stand. The syntax tree keeps where a constraint starts, at its operator; for the few policies with a finding
/// there the rest is read again. What is not found there (a link has its entities from elsewhere) stands where the constraint starts.
/// </summary>
internal sealed class ScopePlaces(PolicyTree tree)
{
    private readonly Dictionary<int, List<(int Offset, string Path)>> paths = [];

    public int OfType(EntityScope scope) => Find(scope.Offset, 0, scope.EntityType!);

    public int OfEntity(EntityScope scope) => Find(scope.Offset, scope.EntityType is null ? 0 : 1, scope.Entity!.Type);

    public int OfAction(int index) => Find(tree.Action.Offset, index, tree.Action.Entities[index].Type);

    /// <summary>The place of the path number <paramref name="index"/> behind the operator, when it is the one that is looked for.</summary>
    private int Find(int offset, int index, string path)
    {
        if (!paths.TryGetValue(offset, out List<(int Offset, string Path)>? found))
        {
            found = Read(offset);
            paths.Add(offset, found);
        }

        return index < found.Count && string.Equals(found[index].Path, path, StringComparison.Ordinal) ? found[index].Offset : offset;
    }

    private List<(int Offset, string Path)> Read(int offset)
    {
        var found = new List<(int Offset, string Path)>();
        string text = tree.Source.Text;
        int end = Math.Min(tree.Conditions.Count > 0 ? tree.Conditions[0].Offset : tree.Offset + tree.Length, text.Length);
        if (offset < 0 || offset >= end)
        {
            return found;
        }

        var reader = new TokenReader(new SourceText(null, text[offset..end]));
        while (reader.Kind != TokenKind.End)
        {
            if (reader.Kind == TokenKind.Identifier && !reader.IsWord("is") && !reader.IsWord("in"))
            {
                found.Add((offset + reader.Current.Offset, Path(reader)));
            }
            else
            {
                reader.Take();
            }
        }

        return found;
    }

    private static string Path(TokenReader reader)
    {
        var path = new StringBuilder().Append(reader.TextOf(reader.Take()));
        while (reader.Kind == TokenKind.DoubleColon)
        {
            reader.Take();
            if (reader.Kind == TokenKind.Identifier)
            {
                path.Append("::").Append(reader.TextOf(reader.Take()));
            }
        }

        return path.ToString();
    }
}
