using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Facts;
using AccessGov.PolicyDecision.Grants;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.Relations;
using AccessGov.PolicyDecision.Roles;
using AccessGov.PolicyDecision.Sites;
using AccessGov.PolicyDecision.Users;

namespace AccessGov.PolicyDecision.Tests.TimeTravel;

/// <summary>Writes a history of a small hospital, event by event, in which everything that can change does.</summary>
internal sealed class RandomHistory(IEventStore store, Random random)
{
    public static readonly string[] Actions = ["study.view", "study.annotate", "study.delete", "user.manage"];
    public static readonly string[] Patients = ["P0", "P1", "P2"];

    private static readonly string[] Departments = ["d0", "d1", "d2"];
    private static readonly string[] KeptOut = ["suspension", "departure", "lock"];
    private static readonly string[] Users = ["u0", "u1", "u2", "u3", "u4"];

    /// <summary>Policies of which each set takes some: each depends on something else.</summary>
    private static readonly string[] Policies =
    [
        """permit (principal in Reader::"r0", action == Action::"study.view", resource);""",
        """permit (principal in Role::"r1", action in [Action::"study.view", Action::"study.annotate"], resource is Study);""",
        """permit (principal is User, action == Action::"study.view", resource is Study) when { resource.patient.careTeam.contains(principal) };""",
        """permit (principal, action == Action::"study.annotate", resource is Study) when { resource has referringPhysician && resource.referringPhysician == principal };""",
        """permit (principal == User::"u4", action == Action::"study.delete", resource);""",
        """permit (principal, action == Action::"study.delete", resource is Study) when { [Service::"s1", User::"u9"].contains(principal) };""",
        """permit (principal, action == Action::"study.annotate", resource) when { principal has self };""",
        """permit (principal, action == Action::"study.delete", resource) when { principal.family.containsAny([Patient::"P0", Patient::"P1"]) };""",
        """permit (principal, action == Action::"user.manage", resource is System) when { principal in Role::"r2" };""",
        """permit (principal is Service, action == Action::"study.view", resource in Site::"site0");""",
        """permit (principal, action == Action::"study.delete", resource) when { context.explicitGrant };""",
        """forbid (principal, action, resource is Study) when { principal.family.contains(resource.patient) };""",
        """forbid (principal, action == Action::"study.annotate", resource is Study) when { principal has self && principal.self == resource.patient };""",
        """forbid (principal, action == Action::"study.view", resource is Study) when { resource.patient.isStaff } unless { resource.patient.careTeam.contains(principal) };""",
        """forbid (principal in Role::"r2", action == Action::"study.delete", resource) when { context.workingHours };""",
    ];

    private readonly List<(string Stream, GrantGiven Grant)> grants = [];
    private readonly Dictionary<string, RelationStarted> relations = new(StringComparer.Ordinal);
    private readonly HashSet<string> retired = new(StringComparer.Ordinal);
    private readonly HashSet<string> keptOut = new(StringComparer.Ordinal);
    private int versions;
    private PolicySetPublished? first;

    public static SubjectKey[] Subjects { get; } = [.. Users.Append("u9").Select(user => new SubjectKey("User", user)), new("Service", "s0"), new("Service", "s1")];

    public async Task WriteAsync(int events)
    {
        await AppendAsync("role-r0", new RoleDefined("d", [], false, null));
        await PublishAsync();
        for (int written = 0; written < events; written++)
        {
            await (random.Next(23) switch
            {
                < 8 => GiveAsync(),
                < 11 => RevokeAsync(),
                < 15 => StartAsync(),
                < 17 => EndAsync(),
                17 => DefineRoleAsync(),
                18 => DefineSiteAsync(),
                20 or 21 => StandAsync(),
                22 => random.Next(2) == 0 ? StandAsync() : EndAsync(),
                _ => random.Next(4) == 0 ? RetireAsync() : PublishAsync(),
            });
        }
    }

    private Task AppendAsync(string stream, object @event) => store.AppendAsync(new StreamAppend(stream, ExpectedVersion.Any, [@event]));

    private Task GiveAsync()
    {
        (GrantScopeKind kind, string? id) = random.Next(4) switch
        {
            0 => (GrantScopeKind.Everywhere, null),
            1 => (GrantScopeKind.Site, $"site{random.Next(2)}"),
            2 => (GrantScopeKind.Department, One(Departments)),
            _ => (GrantScopeKind.Patient, (string?)One(Patients)),
        };
        SubjectKey subject = One(Subjects);
        (DateTimeOffset from, DateTimeOffset? until) = Span();
        var given = new GrantGiven(subject.Type, subject.Id, $"r{random.Next(3)}", kind, id, from, until, random.Next(4) == 0, "x");
        grants.Add(($"grant-{grants.Count}-{random.Next()}", given));
        return AppendAsync(grants[^1].Stream, given);
    }

    private Task RevokeAsync()
    {
        if (grants.Count == 0)
        {
            return GiveAsync();
        }

        int which = random.Next(grants.Count);
        (string stream, GrantGiven grant) = grants[which];
        grants.RemoveAt(which);
        return AppendAsync(stream, new GrantRevoked(grant.SubjectType, grant.SubjectId, grant.Role, "x"));
    }

    private Task StartAsync()
    {
        (DateTimeOffset from, DateTimeOffset? until) = Span();
        RelationKind kind = (RelationKind)random.Next(4);
        var started = kind == RelationKind.Self
            ? new RelationStarted(kind, One(Users), One(Patients), from, null)
            : new RelationStarted(kind, One(Users), One(Patients), from, until);
        string stream = $"relation-{Relation.IdOf(kind, started.User, started.Patient)}";
        if (relations.TryGetValue(stream, out RelationStarted? before) && before.Patient != started.Patient)
        {
            return EndAsync();
        }

        relations[stream] = started;
        return AppendAsync(stream, started);
    }

    private Task EndAsync()
    {
        if (relations.Count == 0)
        {
            return StartAsync();
        }

        (string stream, RelationStarted started) = relations.ElementAt(random.Next(relations.Count));
        relations.Remove(stream);
        return AppendAsync(stream, new RelationEnded(started.Kind, started.User, started.Patient));
    }

    /// <summary>Somebody is kept out, or let in again.</summary>
    private Task StandAsync()
    {
        string user = One(Users);
        string kind = One(KeptOut);
        bool begins = keptOut.Add($"{kind}-{user}");
        if (!begins)
        {
            keptOut.Remove($"{kind}-{user}");
        }

        return AppendAsync($"{kind}-{user}", (kind, begins) switch
        {
            ("suspension", true) => new UserSuspended("x"),
            ("suspension", false) => new UserReinstated(),
            ("lock", true) => new UserLocked("x"),
            ("lock", false) => new UserUnlocked(),
            (_, true) => new UserLeft("x"),
            _ => new UserReturned(),
        });
    }

    private Task DefineRoleAsync()
    {
        string role = $"r{random.Next(3)}";
        return retired.Contains(role) ? GiveAsync() : AppendAsync($"role-{role}", new RoleDefined("d", random.Next(2) == 0 ? [] : [One(Actions)], random.Next(3) == 0, null));
    }

    private Task RetireAsync() => retired.Count == 0 && retired.Add("r1") ? AppendAsync("role-r1", new RoleRetired()) : PublishAsync();

    private Task DefineSiteAsync()
    {
        int site = random.Next(2);
        return AppendAsync($"site-site{site}", new SiteDefined(
            $"Site {site}", "Europe/Vienna", [new SiteHours([1, 2, 3, 4, 5, 6, 7], TimeOnly.MinValue, TimeOnly.MinValue)], [],
            site == 1 ? [new SiteDepartment("d2", "D")] : [.. Departments.Take(1 + random.Next(2)).Select(id => new SiteDepartment(id, "D"))], [$"archive{site}"]));
    }

    private Task PublishAsync()
    {
        if (first is not null && random.Next(4) == 0)
        {
            return AppendAsync("policy-set-hospital", new PolicySetRolledBack(first.Version, first.Hash, first.Files));
        }

        // A permit for everybody is rare: it makes everybody a candidate.
        string[] chosen = [.. Policies.Where(_ => random.Next(3) > 0), .. random.Next(4) == 0 ? ["""permit (principal, action == Action::"study.view", resource);"""] : (string[])[]];
        string text = string.Join('\n', chosen.Select((policy, i) => $"@id(\"p{i}\") {policy}").Append("@id(\"never\") forbid (principal == User::\"nobody\", action, resource);"));
        var published = new PolicySetPublished(++versions, $"hash{versions}", [new PolicyFile("a.cedar", text)], "c");
        first ??= published;
        return AppendAsync("policy-set-hospital", published);
    }

    private (DateTimeOffset From, DateTimeOffset? Until) Span()
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddMilliseconds(random.Next(5) == 0 ? random.Next(300) : -1_000);
        return (from, random.Next(2) == 0 ? null : from.AddMilliseconds(random.Next(1, 2_500)));
    }

    private T One<T>(T[] of) => of[random.Next(of.Length)];
}
