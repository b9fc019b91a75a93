using System.Runtime.InteropServices;

namespace AccessGov.Cedar;

/// <summary>The principal or the resource of one request, as the index asks for it.</summary>
internal readonly ref struct ScopeSubject(EntityUid uid, int type, IEntities entities)
{
    public readonly EntityUid Uid = uid;

    /// <summary>The place of the type among the types that the scopes name; negative when none names it.</summary>
    public readonly int Type = type;

    public readonly ReadOnlySpan<EntityUid> Ancestors = AsSpan(entities.AncestorsOf(uid));

    private readonly IEntities entities = entities;

    /// <summary>Whether the subject is in <paramref name="group"/> without being the group itself.</summary>
    public bool IsBelow(EntityUid group) => entities.IsDescendant(Uid, group);

    private static ReadOnlySpan<EntityUid> AsSpan(IReadOnlyList<EntityUid> list) => list switch
    {
        EntityUid[] array => array,
        List<EntityUid> growing => CollectionsMarshal.AsSpan(growing),
        _ => list.ToArray(),
    };
}
