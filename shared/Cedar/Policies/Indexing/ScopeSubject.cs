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

    public readonly ReadOnlySpan<EntityUid> Ancestors = AncestorsOf(uid, entities);

    private readonly IEntities entities = entities;

    /// <summary>Whether the subject is in <paramref name="group"/> without being the group itself.</summary>
    public bool IsBelow(EntityUid group) => Ancestors.Length switch
    {
        0 => false,
        1 => Ancestors[0].Equals(group),
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
