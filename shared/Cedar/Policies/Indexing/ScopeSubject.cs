using System.Runtime.InteropServices;

namespace AccessGov.Cedar;

/// <summary>The principal or the resource of one request, as the index asks for it.</summary>
internal readonly ref struct ScopeSubject(EntityUid uid, ScopeNames names, IEntities entities)
{
    public readonly EntityUid Uid = uid;

    /// <summary>Whether some scope names this very entity. Hardly ever: then nobody needs to look for it.</summary>
    public readonly bool IsNamed = names.Names(uid);

    /// <summary>The place of the type among the types that the scopes name; negative when none names it.</summary>
    public readonly int Type = names.PlaceOfType(uid.Type);

    private readonly IEntities entities = entities;

    // Entities in memory know about an entity's ancestors as a whole: most questions are answered without reading them.
    private readonly Ancestors? known = (entities as EntityStore)?.KnownAncestorsOf(uid);
    private readonly ReadOnlySpan<EntityUid> listed = entities is EntityStore ? [] : AncestorsOf(uid, entities);

    /// <summary>How many groups the subject is in.</summary>
    public int AncestorCount => known?.Count ?? listed.Length;

    public ReadOnlySpan<EntityUid> Ancestors => known is null ? listed : known.Span;

    /// <summary>Whether the subject is in <paramref name="group"/> without being the group itself.</summary>
    public bool IsBelow(EntityUid group) => known is not null ? known.Contains(group) : listed.Length switch
    {
        0 => false,
        1 => listed[0].Equals(group),
        _ => entities.IsDescendant(Uid, group),
    };

    public static ReadOnlySpan<EntityUid> AncestorsOf(EntityUid uid, IEntities entities)
    {
        IReadOnlyList<EntityUid> ancestors = entities.AncestorsOf(uid);
        return ancestors switch
        {
            EntityUid[] array => array,
            List<EntityUid> growing => CollectionsMarshal.AsSpan(growing),
            _ => ancestors.ToArray(),
        };
    }
}
