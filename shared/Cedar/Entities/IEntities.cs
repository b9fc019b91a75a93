namespace AccessGov.Cedar;

/// <summary>
/// The entities a request is evaluated over. Implementations answer from memory, never fail, never block and give the same answers
/// during one evaluation; they are asked by many threads at once. The three answers agree with each other: ancestors are the
/// transitive closure of <see cref="Entity.Parents"/>, and an entity that does not exist has none.
/// </summary>
public interface IEntities
{
    /// <summary>The entity called <paramref name="uid"/>, or null when it does not exist.</summary>
    Entity? Find(EntityUid uid);

    /// <summary>Whether <paramref name="ancestor"/> is among the ancestors of <paramref name="descendant"/>. Nobody is their own ancestor.</summary>
    bool IsDescendant(EntityUid descendant, EntityUid ancestor);

    /// <summary>All ancestors of <paramref name="uid"/>, each once, in no particular order.</summary>
    IReadOnlyList<EntityUid> AncestorsOf(EntityUid uid);
}
