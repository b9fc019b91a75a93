using AccessGov.Cedar.Tests.Policies;

namespace AccessGov.Cedar.Tests.Entities;

/// <summary>A slice holds the action of its request and no other, so a policy may follow the literal of another one at no level.</summary>
public sealed class ActionSliceTests
{
    [Theory]
    [InlineData("view, edit")]
    [InlineData("edit, view")]
    public void Policies_about_action_literals_that_validate_answer_alike_over_a_slice(string declared)
    {
        var schema = Schema.Parse($"entity User; action all; action {declared} in all appliesTo {{ principal: User, resource: User }};");
        var store = EntityStore.Create([.. schema.ActionEntities, new Entity(Cedar.Alice)]);
        int valid = 0;
        foreach (string scope in new[] { "action", "action == Action::\"view\"", "action == Action::\"edit\"", "action in [Action::\"view\", Action::\"edit\"]" })
        {
            foreach (string literal in new[] { "view", "edit", "all" })
            {
                PolicySet policies = PolicySet.Parse($"permit(principal, {scope}, resource) when {{ Action::\"{literal}\" in Action::\"all\" }};");
                if (new Validator(schema).Validate(policies, level: 1).Errors.Count > 0)
                {
                    continue;
                }

                valid++;
                foreach (string asked in new[] { "view", "edit" })
                {
                    var request = new Request(Cedar.Alice, new EntityUid("Action", asked), Cedar.Alice, RecordValue.Empty);
                    CompiledPolicySet compiled = policies.Compile();
                    IndexTests.Describe(compiled.Evaluate(request, EntitySlice.AtLevel(store, request, level: 1)))
                        .ShouldBe(IndexTests.Describe(compiled.Evaluate(request, store)), $"{asked}: {policies.Policies[0].Text}");
                }
            }
        }

        valid.ShouldBe(2);
    }
}
