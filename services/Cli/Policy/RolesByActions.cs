namespace AccessGov.Cli;

/// <summary>A role matrix, made of some roles at a time so that its progress can be told.</summary>
internal sealed class RolesByActions
{
    // Each part looks at all policies again, which so few parts do not feel.
    private const int Parts = 20;

    private readonly Dictionary<EntityUid, RoleMatrix> byRole = [];

    /// <exception cref="InputException">It has more cells, or takes more comparisons, than a matrix may.</exception>
    public RolesByActions(PolicySet policies, EntityStore entities, RoleMatrixOptions options, Terminal terminal, bool forcesProgress)
    {
        Roles = Part(policies, entities, options with { Actions = [] }).Roles;
        Actions = Part(policies, entities, options with { Roles = [] }).Actions;
        if ((long)Roles.Count * Actions.Count > RoleMatrix.CellsMax)
        {
            throw new InputException($"The matrix has {Roles.Count} roles and {Actions.Count} actions, more than {RoleMatrix.CellsMax} cells; name fewer of them.");
        }

        using var progress = new ProgressLine(terminal, forcesProgress, "roles", Roles.Count);
        foreach (EntityUid[] some in Roles.Chunk(Math.Max(1, Roles.Count / Parts)))
        {
            RoleMatrix part = Part(policies, entities, options with { Roles = some, Actions = Actions });
            foreach (EntityUid role in some)
            {
                byRole.Add(role, part);
            }

            progress.Report(byRole.Count);
        }
    }

    public IReadOnlyList<EntityUid> Roles { get; }

    public IReadOnlyList<EntityUid> Actions { get; }

    public IEnumerable<RoleCell> Cells => Roles.SelectMany(role => Actions.Select(action => this[role, action]));

    public RoleCell this[EntityUid role, EntityUid action] => byRole[role][role, action];

    private static RoleMatrix Part(PolicySet policies, EntityStore entities, RoleMatrixOptions options)
    {
        try
        {
            return RoleMatrix.Of(policies, entities, options);
        }
        catch (ArgumentException beyond)
        {
            throw new InputException(beyond.Message);
        }
    }
}
