using AccessGov.Cedar;

namespace AccessGov.PolicyDecision.Tests.ShippedPolicies;

public sealed class ShippedPoliciesTests
{
    private static readonly string[] ClinicalRoles =
        ["radiologist", "radiology-technologist", "referring-physician", "it-support", "billing-staff", "compliance-auditor"];

    private static readonly string[] AdministrativeRoles = ["user-administrator", "system-administrator", "audit-reviewer"];

    private static ShippedPolicySet Shipped => ShippedPolicySet.Current;

    public static TheoryData<string> CaseNames => [.. Shipped.Cases.Select(@case => @case.Name)];

    [Theory]
    [MemberData(nameof(CaseNames))]
    [Trait("Requirement", "S14, S15, S20, S21, S22, S23, S24, S28, S29")]
    public void A_case_is_decided_as_it_says_by_the_policies_it_names(string name)
    {
        PolicyCase @case = Shipped.Cases.Single(@case => @case.Name == name);
        Response response = Shipped.Ask(@case);
        response.Reasons.Select(policy => policy.Id).Order(StringComparer.Ordinal).ShouldBe(@case.Determining.Order(StringComparer.Ordinal));
        response.Decision.ShouldBe(@case.Expected);
        response.Errors.ShouldBeEmpty();
    }

    [Fact]
    public void Every_policy_decides_some_case_and_every_case_has_a_name_of_its_own()
    {
        Shipped.Cases.Count.ShouldBeGreaterThanOrEqualTo(120);
        Shipped.Cases.Select(@case => @case.Name).ShouldBeUnique();
        var deciding = Shipped.Cases.SelectMany(@case => @case.Determining).ToHashSet(StringComparer.Ordinal);
        Shipped.Policies.Policies.Select(policy => policy.Id).Where(id => !deciding.Contains(id)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_policy_whose_conditions_were_asked_has_also_a_case_in_which_they_did_not_hold()
    {
        var refuted = Shipped.Cases
            .SelectMany(@case => Refuted(Shipped.Ask(@case)))
            .Select(policy => policy.Id).ToHashSet(StringComparer.Ordinal);
        Shipped.Policies.Policies.Where(HasConditions).Select(policy => policy.Id).Where(id => !refuted.Contains(id)).ShouldBeEmpty();

        static IEnumerable<Policy> Refuted(Response response) =>
            response.Considered.Except(response.SatisfiedPermits).Except(response.SatisfiedForbids);

        static bool HasConditions(Policy policy) =>
            policy.Text.Contains("when {", StringComparison.Ordinal) || policy.Text.Contains("unless {", StringComparison.Ordinal);
    }

    [Fact]
    public void Every_policy_says_why_and_which_requirement_it_serves()
    {
        foreach (Policy policy in Shipped.Policies.Policies)
        {
            policy.Id.ShouldMatch("^[a-z][a-z0-9-]+$");
            policy.Annotations.GetValueOrDefault("reason", "").ShouldEndWith(".", customMessage: policy.Id);
            policy.Annotations.GetValueOrDefault("requirement", "").ShouldMatch(@"^S\d{1,3}(, S\d{1,3})*$", policy.Id);
        }
    }

    [Fact]
    public void The_read_me_lists_every_policy_with_its_requirements()
    {
        string readMe = File.ReadAllText(Path.Combine(Shipped.Folder, "README.md"));
        foreach (Policy policy in Shipped.Policies.Policies)
        {
            readMe.ShouldContain($"| `{policy.Id}` | {policy.Effect.ToString().ToLowerInvariant()}s: ");
            readMe.Split('\n').Single(line => line.StartsWith($"| `{policy.Id}` |", StringComparison.Ordinal))
                .ShouldEndWith($"| {policy.Annotations["requirement"]} |");
        }
    }

    [Fact]
    [Trait("Requirement", "S14, S15, S20, S21, S22, S23, S24, S28, S29")]
    public void The_requirements_on_access_are_each_served_by_a_policy()
    {
        var served = Shipped.Policies.Policies.SelectMany(policy => policy.Annotations["requirement"].Split(", ")).ToHashSet(StringComparer.Ordinal);
        foreach (string requirement in (string[])["S14", "S15", "S20", "S21", "S22", "S23", "S24", "S28", "S29"])
        {
            served.ShouldContain(requirement);
        }
    }

    [Fact]
    public void No_forbid_errs_and_no_denial_turns_into_a_permission_when_an_optional_member_of_the_context_is_missing()
    {
        foreach (PolicyCase @case in Shipped.Cases)
        {
            Request request = Shipped.RequestOf(@case);
            EntityStore entities = Shipped.EntitiesOf(@case);
            foreach (string missing in request.Context.Names)
            {
                Response response = Shipped.Compiled.Evaluate(request with { Context = Without(request.Context, missing) }, entities);
                ShouldNotErr(response, @case, $"context.{missing}");
                (response.Decision == Decision.Allow && @case.Expected == Decision.Deny).ShouldBeFalse($"{@case.Name}, without context.{missing}");
            }
        }
    }

    [Fact]
    public void No_forbid_errs_when_an_attribute_or_an_entity_is_missing()
    {
        foreach (PolicyCase @case in Shipped.Cases)
        {
            Request request = Shipped.RequestOf(@case);
            Dictionary<EntityUid, Entity> entities = Shipped.EntitiesByUid(@case);
            foreach (Entity entity in entities.Values.Where(entity => entity.Attributes.Count > 0 && Matters(entity.Uid, @case)).ToArray())
            {
                foreach (string missing in entity.Attributes.Names)
                {
                    var reduced = new Entity(entity.Uid, Without(entity.Attributes, missing), entity.Parents);
                    ShouldNotErr(Ask(entities.Values.Where(other => other != entity).Append(reduced)), @case, $"{entity.Uid}.{missing}");
                }

                ShouldNotErr(Ask(entities.Values.Where(other => other != entity)), @case, $"{entity.Uid}");
            }

            Response Ask(IEnumerable<Entity> some) => Shipped.Compiled.Evaluate(request, EntityStore.Create(some));
        }

        static bool Matters(EntityUid uid, PolicyCase @case) => uid == @case.Principal.Uid || uid == @case.Resource.Uid || uid.Type == "Patient";
    }

    [Fact]
    [Trait("Requirement", "S22")]
    public void No_single_role_and_no_two_roles_together_hold_all_administrative_actions()
    {
        string[] roles = [.. ClinicalRoles, .. AdministrativeRoles, "a-custom-role"];
        foreach (string first in roles)
        {
            foreach (string second in roles)
            {
                foreach (string third in roles)
                {
                    string[] held = [.. new[] { first, second, third }.Distinct(StringComparer.Ordinal)];
                    string[] permitted = [.. new[] { "user.manage", "system.configure", "audit.review" }.Where(action => MayAdminister(action, held))];
                    permitted.Length.ShouldBeLessThan(3, string.Join(", ", held));
                    (held.Length > 1 || permitted.Length <= 1).ShouldBeTrue(first);
                }
            }
        }
    }

    private static bool MayAdminister(string action, string[] roles)
    {
        PolicyCase strong = Shipped.Cases.Single(@case => @case.Name == "A user administrator manages users");
        var user = new EntityUid("User", "somebody");
        IEnumerable<Entity> custom =
        [
            new(new EntityUid("Role", "a-custom-role"), parents: [new EntityUid("Reader", "a-custom-role")]),
            new(user, parents: roles.Select(role => new EntityUid("Role", role))),
        ];
        PolicySet everything = PolicySet.Combine([Shipped.Policies, PolicySet.Parse("permit (principal, action, resource);", null, _ => "everything")]);
        Request request = Shipped.RequestOf(strong) with { Principal = user, Action = new EntityUid("Action", action) };
        return everything.Compile().Evaluate(request, EntityStore.Create(Shipped.World.Concat(custom))).Decision == Decision.Allow;
    }

    private static void ShouldNotErr(Response response, PolicyCase @case, string missing) =>
        response.Errors.Where(error => error.Effect == Effect.Forbid).Select(error => $"{error.Policy.Id}: {error.Error.Message}")
            .ShouldBeEmpty($"{@case.Name}, without {missing}");

    private static RecordValue Without(RecordValue record, string missing) => new(
        Enumerable.Range(0, record.Count).Where(i => record.Names[i] != missing).Select(i => KeyValuePair.Create(record.Names[i], record.Values[i])));
}
