namespace AccessGov.Cedar;

/// <summary>What the scopes of a policy set name for one variable: entities and types.</summary>
internal sealed class ScopeNames
{
    private readonly TypePlaces types;
    private readonly TypePlaces typesOfUids;
    private readonly UidTable<EntityUid> uids;

    public ScopeNames(IReadOnlyList<EntityScope> scopes)
    {
        EntityUid[] named = [.. scopes.Select(scope => scope.Entity).OfType<EntityUid>().Distinct().Select(UidPool.Common.Share)];
        types = new TypePlaces(scopes.Select(scope => scope.EntityType).OfType<string>());
        typesOfUids = new TypePlaces(named.Select(uid => uid.Type));
        uids = new UidTable<EntityUid>(Array.ConvertAll(named, uid => KeyValuePair.Create(uid, uid)));
    }

    // Most scopes name roles and departments, and most requests are of people and images: their types tell without looking for the uid.
    public bool Names(EntityUid uid) => typesOfUids.Of(uid.Type) >= 0 && uids.Find(uid) is not null;

    /// <summary>The one object that stands for a named uid, however often it is named.</summary>
    public EntityUid Shared(EntityUid uid) => uids.Find(uid)!;

    public int PlaceOfType(string type) => types.Of(type);
}

/// <summary>Numbers for types, each once. A few are compared one by one, which is quicker than hashing: equal types are mostly one string.</summary>
internal sealed class TypePlaces
{
    private const int LinearMax = 16;

    private readonly string[] types;
    private readonly Dictionary<string, int>? index;

    public TypePlaces(IEnumerable<string> types)
    {
        this.types = [.. types.Distinct(StringComparer.Ordinal)];
        if (this.types.Length > LinearMax)
        {
            index = this.types.Select((type, place) => KeyValuePair.Create(type, place)).ToDictionary(StringComparer.Ordinal);
        }
    }

    /// <summary>The place of <paramref name="type"/>; -1 when it is none of them.</summary>
    public int Of(string type)
    {
        if (index is not null)
        {
            return index.GetValueOrDefault(type, -1);
        }

        string[] candidates = types;
        for (int i = 0; i < candidates.Length; i++)
        {
            if (string.Equals(candidates[i], type, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
