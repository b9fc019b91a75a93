using AccessGov.PolicyDecision.Facts;

namespace AccessGov.PolicyDecision.Tests.Facts;

/// <summary>Grants are found by their scope without a walk over all of them.</summary>
public sealed class SubjectFactsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_grant_of_a_scope_is_found_in_order_and_no_other()
    {
        GrantScope[] scopes =
        [
            new(GrantScopeKind.Everywhere, null), new(GrantScopeKind.Site, "north"), new(GrantScopeKind.Department, "north"),
            new(GrantScopeKind.Patient, "north"), new(GrantScopeKind.Site, "south"),
        ];
        GrantFact[] grants = [.. Enumerable.Range(0, 40).Select(i => new GrantFact($"g{i}", "radiologist", scopes[i * 7 % scopes.Length], Start, null, ReadOnly: false))];
        var subject = new SubjectFacts([.. grants], [], null);

        foreach (GrantScope scope in scopes)
        {
            Found(subject, scope).ShouldBe(grants.Where(grant => grant.Scope == scope).Select(grant => grant.GrantId));
        }

        Found(subject, new GrantScope(GrantScopeKind.Site, "east")).ShouldBeEmpty();
        Found(SubjectFacts.None, scopes[0]).ShouldBeEmpty();
    }

    private static IEnumerable<string> Found(SubjectFacts subject, GrantScope scope)
    {
        for (int next = subject.NextGrant(scope, 0); next >= 0; next = subject.NextGrant(scope, next + 1))
        {
            yield return subject.Grants[next].GrantId;
        }
    }
}
