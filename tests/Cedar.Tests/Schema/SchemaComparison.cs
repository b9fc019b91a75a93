namespace AccessGov.Cedar.Tests.Schemas;

/// <summary>Whether two schemas say the same.</summary>
internal static class SchemaComparison
{
    /// <summary>The first difference, in words, or null.</summary>
    public static string? Difference(Schema left, Schema right)
    {
        string[] names = [.. left.EntityTypes.Keys.Union(right.EntityTypes.Keys)];
        EntityUid[] uids = [.. left.Actions.Keys.Union(right.Actions.Keys)];
        return names.FirstOrDefault(name => !AreEqual(left.EntityTypes.GetValueOrDefault(name), right.EntityTypes.GetValueOrDefault(name)))
            ?? uids.FirstOrDefault(uid => !AreEqual(left.Actions.GetValueOrDefault(uid), right.Actions.GetValueOrDefault(uid)))?.ToString();
    }

    public static void ShouldBeEqualTo(this Schema left, Schema right) => Difference(left, right).ShouldBeNull();

    private static bool AreEqual(SchemaEntityType? left, SchemaEntityType? right) =>
        left is not null && right is not null
        && left.Name == right.Name
        && left.Parents.SetEquals(right.Parents)
        && left.Ancestors.SetEquals(right.Ancestors)
        && left.Attributes.Equals(right.Attributes)
        && Equals(left.Tags, right.Tags)
        && (left.Choices ?? []).ToHashSet().SetEquals(right.Choices ?? [])
        && (left.Choices is null) == (right.Choices is null);

    private static bool AreEqual(SchemaAction? left, SchemaAction? right) =>
        left is not null && right is not null
        && left.Uid == right.Uid
        && left.Parents.SetEquals(right.Parents)
        && left.Ancestors.SetEquals(right.Ancestors)
        && left.PrincipalTypes.ToHashSet().SetEquals(right.PrincipalTypes)
        && left.ResourceTypes.ToHashSet().SetEquals(right.ResourceTypes)
        && left.Context.Equals(right.Context);
}
