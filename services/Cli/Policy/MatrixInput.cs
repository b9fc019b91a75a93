namespace AccessGov.Cli;

/// <summary>The rows and columns of a matrix. A name that nothing knows is refused: it would quietly be granted nothing.</summary>
internal sealed class MatrixInput(PolicySet policies, Schema? schema, EntityStore entities)
{
    /// <summary>The roles that were named, or all groups of principals that scopes name.</summary>
    /// <exception cref="InputException">A role is unknown, or there is none.</exception>
    public IReadOnlyList<EntityUid> Roles(string[] named)
    {
        IReadOnlyList<EntityUid> ofPolicies = RoleMatrix.RolesOf(policies);
        if (named.Length == 0)
        {
            return ofPolicies.Count > 0
                ? ofPolicies
                : throw new InputException("The matrix is empty: no scope says `principal in` some group. Name the roles with --role, and with --entities where they are.");
        }

        HashSet<EntityUid> known = [.. ofPolicies, .. WithParents()];
        return Known(named, "--role", uid => known.Contains(uid) || schema?.EntityTypes.GetValueOrDefault(uid.Type)?.Choices?.Contains(uid.Id) == true, "no scope says `principal in` it, ", ofPolicies);
    }

    /// <summary>The actions that were named, or all that scopes, schema and data name.</summary>
    /// <exception cref="InputException">An action is unknown, or there is none.</exception>
    public IReadOnlyList<EntityUid> Actions(string[] named)
    {
        IReadOnlyList<EntityUid> discovered = RoleMatrix.Of(policies, entities, new RoleMatrixOptions { Roles = [] }).Actions;
        if (named.Length == 0)
        {
            return discovered.Count > 0
                ? discovered
                : throw new InputException("The matrix is empty: no scope names an action. Give the --schema that declares the actions, or name them with --action.");
        }

        HashSet<EntityUid> known = [.. discovered, .. WithParents()];
        return Known(named, "--action", known.Contains, "no scope names it, ", discovered);
    }

    /// <exception cref="InputException">The schema does not declare the type, or it is no name of one.</exception>
    public string? Type(string? named, string option) => named is null || (EntityUid.IsTypeName(named) && schema?.EntityTypes.ContainsKey(named) != false)
        ? named
        : throw new InputException($"{option}: `{named}` is {(EntityUid.IsTypeName(named) ? "not a type that the schema declares" : "not an entity type such as User or Hospital::User")}.");

    private IEnumerable<EntityUid> WithParents() => entities.Entities.SelectMany(entity => entity.Parents.Prepend(entity.Uid));

    private EntityUid[] Known(string[] named, string option, Predicate<EntityUid> isKnown, string notNamed, IReadOnlyList<EntityUid> examples)
    {
        EntityUid[] uids = [.. named.Select(uid => RequestReader.Uid(uid, option)).Distinct()];
        if (Array.Find(uids, uid => !isKnown(uid)) is not { } unknown)
        {
            return uids;
        }

        string where = schema is null ? "and no --entities have it; there is no --schema." : "neither schema nor --entities have it.";
        string example = examples.Count > 0 ? $" Known is, for example, {examples[0]}." : "";
        throw new InputException($"{option}: {unknown} is unknown: {notNamed}{where}{example}");
    }
}
