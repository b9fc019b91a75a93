namespace AccessGov.Cedar.Tests.Analyzing;

/// <summary>The matrix against answers: for each cell somebody with that role alone asks for that action on everything, in every context.</summary>
public sealed class RoleMatrixWorldTests
{
    private static readonly EntityUid Someone = new("User", "someone");

    private static readonly RoleMatrixOptions UsersAndStudies = new()
    {
        PrincipalType = "User", ResourceType = "Study", Roles = SmallHospital.Roles, Actions = SmallHospital.Actions,
    };

    [Fact]
    public void Of_policies_without_conditions_every_verdict_is_exact()
    {
        var seen = new HashSet<RoleVerdict>();
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            PolicySet policies = PolicySet.Parse(SmallHospital.Policies(random, conditions: false));
            EntityStore entities = SmallHospital.Entities(random);
            foreach (RoleCell cell in RoleMatrix.Of(policies, entities, UsersAndStudies).Cells)
            {
                Response response = Ask(policies, entities, cell, SmallHospital.Things[0], RecordValue.Empty);
                RoleVerdict expected = response.Decision == Decision.Allow ? RoleVerdict.Permitted
                    : response.SatisfiedPermits.Count > 0 ? RoleVerdict.Forbidden
                    : RoleVerdict.NotGranted;

                cell.Verdict.ShouldBe(expected, $"seed {seed}, {cell.Role}, {cell.Action}");
                cell.Permits.Select(covering => covering.Policy).ShouldBe(response.SatisfiedPermits, $"seed {seed}");
                cell.Forbids.Select(covering => covering.Policy).ShouldBe(response.SatisfiedForbids, $"seed {seed}");
                cell.Permits.Concat(cell.Forbids).ShouldAllBe(covering => !covering.HasConditions);
                seen.Add(cell.Verdict);
            }
        }

        seen.Order().ShouldBe([RoleVerdict.NotGranted, RoleVerdict.Forbidden, RoleVerdict.Permitted]);
    }

    [Fact]
    public void Of_policies_with_conditions_no_answer_contradicts_a_verdict()
    {
        var seen = new Dictionary<RoleVerdict, int>();
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            string text = SmallHospital.Policies(random, conditions: true);
            PolicySet policies = PolicySet.Parse(text);
            EntityStore entities = SmallHospital.Entities(random);
            foreach (RoleCell cell in RoleMatrix.Of(policies, entities, UsersAndStudies).Cells)
            {
                seen[cell.Verdict] = seen.GetValueOrDefault(cell.Verdict) + 1;
                foreach (EntityUid study in SmallHospital.Things.Where(thing => thing.Type == "Study"))
                {
                    foreach (RecordValue context in SmallHospital.Contexts)
                    {
                        Response response = Ask(policies, entities, cell, study, context);
                        string where = $"seed {seed}, {cell.Role}, {cell.Action}, {study}, {context}: {cell.Verdict}\n{text}";
                        switch (cell.Verdict)
                        {
                            case RoleVerdict.Permitted:
                                response.Decision.ShouldBe(Decision.Allow, where);
                                break;
                            case RoleVerdict.NotGranted:
                                response.SatisfiedPermits.ShouldBeEmpty(where);
                                break;
                            case RoleVerdict.Forbidden:
                                response.SatisfiedForbids.ShouldNotBeEmpty(where);
                                break;
                            default:
                                cell.Permits.ShouldNotBeEmpty(where);
                                break;
                        }

                        response.SatisfiedPermits.ShouldBeSubsetOf(cell.Permits.Select(covering => covering.Policy), where);
                        response.SatisfiedForbids.ShouldBeSubsetOf(cell.Forbids.Select(covering => covering.Policy), where);
                        cell.Permits.Where(covering => !covering.HasConditions).Select(covering => covering.Policy).ShouldBeSubsetOf(response.SatisfiedPermits, where);
                        cell.Forbids.Where(covering => !covering.HasConditions).Select(covering => covering.Policy).ShouldBeSubsetOf(response.SatisfiedForbids, where);
                    }
                }
            }
        }

        seen.Count.ShouldBe(4);
        seen.Values.ShouldAllBe(count => count > 50);
    }

    [Fact]
    public void Without_types_a_matrix_holds_for_principals_and_resources_of_every_type()
    {
        int permitted = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            PolicySet policies = PolicySet.Parse(SmallHospital.Policies(random, conditions: true));
            EntityStore entities = SmallHospital.Entities(random);
            foreach (RoleCell cell in RoleMatrix.Of(policies, entities, new() { Roles = SmallHospital.Roles, Actions = SmallHospital.Actions }).Cells)
            {
                foreach (string type in new[] { "User", "Robot", "Ghost" })
                {
                    foreach (EntityUid thing in SmallHospital.Things)
                    {
                        Response response = Ask(policies, entities, cell, thing, SmallHospital.Contexts[1], new EntityUid(type, "someone"));
                        if (cell.Verdict is RoleVerdict.Permitted)
                        {
                            permitted++;
                            response.Decision.ShouldBe(Decision.Allow, $"seed {seed}, {cell.Role}, {cell.Action}, {type}, {thing}");
                        }
                        else if (cell.Verdict is RoleVerdict.NotGranted or RoleVerdict.Forbidden)
                        {
                            response.Decision.ShouldBe(Decision.Deny, $"seed {seed}, {cell.Role}, {cell.Action}, {type}, {thing}");
                        }
                    }
                }
            }
        }

        permitted.ShouldBeGreaterThan(200);
    }

    [Fact]
    public void Rows_and_columns_are_what_scopes_name_and_data_hold()
    {
        PolicySet policies = PolicySet.Parse(
            """
            permit(principal in Role::"nurse", action == Action::"view", resource);
            permit(principal is User in Role::"chief", action in [Action::"zap", Action::"read"], resource);
            permit(principal in Role::"nurse", action, resource);
            permit(principal == User::"ada", action == Action::"mine", resource);
            permit(principal in ?principal, action == Hospital::Action::"share", resource);
            """);
        EntityStore entities = EntityStore.Create([new Entity(SmallHospital.Actions[1], null, [SmallHospital.Actions[3]]), new Entity(SmallHospital.Roles[1])]);

        RoleMatrix matrix = RoleMatrix.Of(policies, entities);

        matrix.Roles.ShouldBe([SmallHospital.Roles[2], SmallHospital.Roles[0]]);
        matrix.Actions.Select(action => action.ToString()).ShouldBe(
            ["Action::\"edit\"", "Action::\"mine\"", "Action::\"view\"", "Action::\"zap\"", "Hospital::Action::\"share\""]);
        matrix.Cells.Count().ShouldBe(10);
        matrix.Cells.Select(cell => (cell.Role, cell.Action)).ShouldBe(matrix.Roles.SelectMany(role => matrix.Actions.Select(action => (role, action))));
    }

    [Fact]
    public void A_link_counts_as_the_policy_it_is_and_its_template_does_not()
    {
        PolicySet template = PolicySet.Parse("@id(\"share\") permit(principal in ?principal, action, resource);", chooseId: policy => policy.Annotations["id"]);
        PolicySet linked = template.Link("share", "share-nurses", SmallHospital.Roles[2]);
        var options = new RoleMatrixOptions { Actions = [SmallHospital.Actions[0]] };

        RoleMatrix.Of(template, EntityStore.Empty, options).Roles.ShouldBeEmpty();
        RoleMatrix matrix = RoleMatrix.Of(linked, EntityStore.Empty, options);

        matrix.Roles.ShouldBe([SmallHospital.Roles[2]]);
        RoleCell cell = matrix.Cells.ShouldHaveSingleItem();
        cell.Verdict.ShouldBe(RoleVerdict.Permitted);
        cell.Permits.ShouldHaveSingleItem().Policy.Id.ShouldBe("share-nurses");
    }

    [Fact]
    public void Nothing_gives_an_empty_matrix_and_a_name_given_twice_is_one_row()
    {
        RoleMatrix nothing = RoleMatrix.Of(PolicySet.Empty, EntityStore.Empty);
        RoleMatrix twice = RoleMatrix.Of(
            PolicySet.Empty, EntityStore.Empty,
            new() { Roles = [SmallHospital.Roles[0], new("Role", "chief")], Actions = [SmallHospital.Actions[0], SmallHospital.Actions[0]] });

        (nothing.Roles.Count, nothing.Actions.Count, nothing.Cells.Count()).ShouldBe((0, 0, 0));
        twice.Cells.ShouldHaveSingleItem().Verdict.ShouldBe(RoleVerdict.NotGranted);
        Should.Throw<KeyNotFoundException>(() => twice[SmallHospital.Roles[0], SmallHospital.Actions[1]]);
        Should.Throw<KeyNotFoundException>(() => twice[SmallHospital.Roles[1], SmallHospital.Actions[0]]);
    }

    private static Response Ask(PolicySet policies, EntityStore entities, RoleCell cell, EntityUid resource, RecordValue context, EntityUid? who = null)
    {
        EntityUid principal = who ?? Someone;
        var world = EntityStore.Create([.. entities.Entities, new Entity(principal, null, [cell.Role])]);
        return policies.Compile().Evaluate(new Request(principal, cell.Action, resource, context), world);
    }
}
