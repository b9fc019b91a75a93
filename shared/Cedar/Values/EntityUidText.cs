namespace AccessGov.Cedar;

/// <summary>Entity uids outside a policy text, written as inside one.</summary>
internal static class EntityUidText
{
    public static EntityUid? Read(string text)
    {
        var reader = new TokenReader(new SourceText(null, text));
        try
        {
            EntityUid uid = reader.EntityUid("an entity uid");
            return reader.Kind == TokenKind.End ? uid : null;
        }
        catch (SyntaxFailureException)
        {
            return null;
        }
    }
}
