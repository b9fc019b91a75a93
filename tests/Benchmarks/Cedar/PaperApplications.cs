using AccessGov.Cedar;

namespace AccessGov.Benchmarks.Cedar;

/// <summary>
/// The three applications of "Cedar: A New Language for Expressive, Fast, Safe, and Analyzable Authorization" (OOPSLA 2024), rebuilt with
/// the parameters of its evaluation: sizes 5 to 50 (so many entities of each type), every possible connection with a probability of 5 %,
/// 500 requests for each hierarchy, both ends of a request drawn from what exists.
/// </summary>
internal static class PaperApplications
{
    public static readonly int[] Sizes = [5, 10, 15, 20, 30, 40, 50];

    private const double Connected = 0.05;
    private const int RequestsPerHierarchy = 500;

    private delegate Situation Generator(int size, Draw draw);

    /// <summary>Each application with <paramref name="hierarchies"/> for each of <paramref name="sizes"/>.</summary>
    public static IEnumerable<Scenario> All(IReadOnlyList<int> sizes, int hierarchies) =>
    [
        Of("gdrive", GdrivePolicies, Gdrive, sizes, hierarchies),
        Of("github", GithubPolicies, Github, sizes, hierarchies),
        Of("tinytodo", TinyTodoPolicies, TinyTodo, sizes, hierarchies),
    ];

    private const string GdrivePolicies =
        """
        // Whoever a document or a folder above it is shared with, in person or in a group, reads it.
        permit(principal, action == Action::"read", resource) when { resource in principal.documentsAndFoldersWithViewAccess };
        permit(principal, action == Action::"read", resource) when { resource.isPublic };
        // An owner of the document or of a folder above it.
        permit(principal, action in [Action::"read", Action::"write", Action::"share"], resource)
        when { resource in principal.ownedDocuments || resource in principal.ownedFolders };
        permit(principal, action == Action::"changeOwner", resource) when { principal.ownedDocuments.contains(resource) };
        permit(principal, action == Action::"createDocument", resource) when { principal.ownedFolders.contains(resource) };
        """;

    private const string GithubPolicies =
        """
        permit(principal, action == Action::"read", resource) when { principal in resource.readers };
        permit(principal, action in Action::"triage", resource) when { principal in resource.triagers };
        permit(principal, action in Action::"write", resource) when { principal in resource.writers };
        permit(principal, action in Action::"maintain", resource) when { principal in resource.maintainers };
        permit(principal, action in Action::"admin", resource) when { principal in resource.admins };
        // What the owner of the repository grants.
        permit(principal, action == Action::"read", resource) when { principal in resource.owner.readers };
        permit(principal, action in Action::"write", resource) when { principal in resource.owner.writers };
        permit(principal, action in Action::"admin", resource) when { principal in resource.owner.admins };
        """;

    private const string TinyTodoPolicies =
        """
        permit(principal, action in [Action::"CreateList", Action::"GetLists"], resource == Application::"TinyTodo");
        permit(principal, action, resource) when { resource has owner && resource.owner == principal };
        permit(principal, action == Action::"GetList", resource) when { principal in resource.readers || principal in resource.editors };
        permit(principal, action in [Action::"UpdateList", Action::"CreateTask", Action::"UpdateTask", Action::"DeleteTask"], resource)
        when { principal in resource.editors };
        """;

    private static Scenario Of(string name, string policies, Generator generator, IReadOnlyList<int> sizes, int hierarchies) =>
        new(name, policies, [.. sizes.SelectMany(size => Enumerable.Range(0, hierarchies).Select(
            hierarchy => generator(size, new Draw((size * 1_000) + hierarchy))))]);

    private static Situation Gdrive(int size, Draw draw)
    {
        var entities = new List<Entity>(Actions("read", "write", "share", "changeOwner", "createDocument"));
        var members = new Dictionary<int, List<int>>();
        for (int i = 0; i < size; i++)
        {
            int[] groups = [.. draw.Some(size, Connected)];
            foreach (int group in groups)
            {
                (members.TryGetValue(group, out List<int>? known) ? known : members[group] = []).Add(i);
            }

            entities.Add(new Entity(
                Uid("User", i),
                RecordValue.Of(
                    ("documentsAndFoldersWithViewAccess", Uid("View", "user", i)),
                    ("ownedDocuments", new SetValue(Uids("Document", draw.Some(size, Connected)))),
                    ("ownedFolders", new SetValue(Uids("Folder", draw.Some(size, Connected))))),
                Uids("Group", groups)));
            entities.Add(new Entity(Uid("View", "user", i)));
        }

        for (int i = 0; i < size; i++)
        {
            entities.Add(new Entity(Uid("Group", i)));
            entities.Add(new Entity(Uid("View", "group", i), null, members.GetValueOrDefault(i, []).Select(user => Uid("View", "user", user))));
            entities.Add(new Entity(Uid("Document", i), RecordValue.Of(("isPublic", Value.Of(draw.Chance(0.5)))), Above(size)));
            entities.Add(new Entity(Uid("Folder", i), null, Above(i)));
        }

        return new Situation(EntityStore.Create(entities), Requests(
            draw, size, "User",
            [("read", "Document"), ("write", "Document"), ("share", "Document"), ("changeOwner", "Document"), ("createDocument", "Folder")]));

        // In folders, and visible to users and groups; a folder lies in folders of smaller numbers, so that no circle closes.
        List<EntityUid> Above(int folders) =>
        [
            .. Uids("Folder", draw.Some(folders, Connected)),
            .. draw.Some(size, Connected).Select(user => Uid("View", "user", user)),
            .. draw.Some(size, Connected).Select(group => Uid("View", "group", group)),
        ];
    }

    private static Situation Github(int size, Draw draw)
    {
        string[] repositoryRoles = ["readers", "triagers", "writers", "maintainers", "admins"];
        string[] organizationRoles = ["readers", "writers", "admins"];
        string[] actions = ["read", "triage", "write", "maintain", "admin"];
        var entities = new List<Entity>(actions.Select((action, i) => new Entity(
            new EntityUid("Action", action), null, actions.Skip(i + 1).Take(1).Select(next => new EntityUid("Action", next)))));
        for (int i = 0; i < size; i++)
        {
            entities.AddRange(WithRoles(Uid("Organization", i), "OrgPermission", i, organizationRoles, null, OrganizationRoles(Connected)));
            entities.AddRange(WithRoles(Uid("Repository", i), "RepoPermission", i, repositoryRoles, Uid("Organization", draw.Below(size)), []));
            entities.Add(new Entity(Uid("Team", i), null, [.. Uids("Team", draw.Some(i, Connected)), .. RepositoryRoles()]));
            entities.Add(new Entity(Uid("User", i), null,
            [
                .. RepositoryRoles(), .. Uids("Team", draw.Some(size, Connected)), .. Uids("Organization", draw.Some(size, Connected)), .. OrganizationRoles(Connected),
            ]));
        }

        return new Situation(EntityStore.Create(entities), Requests(draw, size, "User", [.. actions.Select(action => (action, "Repository"))]));

        IEnumerable<EntityUid> RepositoryRoles() => draw.Some(size, Connected).Select(place => Uid("RepoPermission", draw.Of(repositoryRoles), place)).ToArray();

        IEnumerable<EntityUid> OrganizationRoles(double probability) =>
            draw.Some(size, probability).Select(place => Uid("OrgPermission", draw.Of(organizationRoles), place)).ToArray();
    }

    private static IEnumerable<Entity> WithRoles(EntityUid uid, string type, int place, string[] roles, EntityUid? owner, IEnumerable<EntityUid> parents)
    {
        IEnumerable<KeyValuePair<string, Value>> attributes = roles.Select(role => KeyValuePair.Create<string, Value>(role, Uid(type, role, place)));
        yield return new Entity(uid, new RecordValue(owner is null ? attributes : attributes.Append(KeyValuePair.Create<string, Value>("owner", owner))), parents);
        foreach (string role in roles)
        {
            yield return new Entity(Uid(type, role, place));
        }
    }

    private static Situation TinyTodo(int size, Draw draw)
    {
        string[] onLists = ["GetList", "UpdateList", "DeleteList", "CreateTask", "UpdateTask", "DeleteTask", "EditShares"];
        var application = new EntityUid("Application", "TinyTodo");
        var entities = new List<Entity>(Actions(["CreateList", "GetLists", .. onLists])) { new(application) };
        for (int i = 0; i < size; i++)
        {
            entities.Add(new Entity(Uid("User", i), null, [.. Uids("Team", draw.Some(size, Connected)), application]));
            entities.Add(new Entity(Uid("Team", i), null, [.. Uids("Team", draw.Some(i, Connected)), application]));
            entities.Add(new Entity(
                Uid("List", i),
                RecordValue.Of(
                    ("name", Value.Of($"list {i}")),
                    ("owner", Uid("User", draw.Below(size))),
                    ("readers", Uid("Team", draw.Below(size))),
                    ("editors", Uid("Team", draw.Below(size))),
                    ("tasks", new SetValue(Enumerable.Range(0, draw.Below(51)).Select(Task)))),
                [application]));
        }

        Request[] requests = Requests(
            draw, size, "User", [("CreateList", "Application"), ("GetLists", "Application"), .. onLists.Select(action => (action, "List"))]);
        return new Situation(EntityStore.Create(entities), Array.ConvertAll(
            requests, request => request.Resource.Type == "Application" ? request with { Resource = application } : request));

        Value Task(int number) => RecordValue.Of(
            ("id", Value.Of(number)), ("name", Value.Of($"task {draw.Below(1_000_000)}")), ("state", Value.Of(draw.Chance(0.5) ? "Checked" : "Unchecked")));
    }

    private static Request[] Requests(Draw draw, int size, string principal, (string Action, string Resource)[] kinds) =>
        [.. Enumerable.Range(0, RequestsPerHierarchy).Select(_ => draw.Of(kinds)).Select(kind => new Request(
            Uid(principal, draw.Below(size)), new EntityUid("Action", kind.Action), Uid(kind.Resource, draw.Below(size)), RecordValue.Empty))];

    private static IEnumerable<Entity> Actions(params IEnumerable<string> names) => names.Select(name => new Entity(new EntityUid("Action", name)));

    private static EntityUid Uid(string type, int place) => new(type, $"{type.ToLowerInvariant()}_{place}");

    private static EntityUid Uid(string type, string kind, int place) => new(type, $"{kind}_{place}");

    private static EntityUid[] Uids(string type, IEnumerable<int> places) => [.. places.Select(place => Uid(type, place))];
}
