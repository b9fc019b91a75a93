namespace AccessGov.Cedar.Tests.Formatting;

public sealed class FormatterTests
{
    [Fact]
    public void A_policy_that_fits_stands_on_few_lines() =>
        PolicyFormatter.Format("@id(\"see\")@quiet permit(principal,action==Action :: \"view\",resource in Album::\"a\")when{context.mfa&&(1+2)*-3<4}unless{ false } ;")
            .ShouldBe("""
                @id("see")
                @quiet
                permit (principal, action == Action::"view", resource in Album::"a")
                when { context.mfa && (1 + 2) * -3 < 4 }
                unless { false };

                """);

    [Fact]
    public void What_does_not_fit_is_broken_where_the_structure_is()
    {
        const string text = """
            permit(principal is Hospital::User in Hospital::Role::"radiologist", action in [Action::"view", Action::"annotate", Action::"a-third-action-with-a-name"], resource)
            when { principal has family && ((resource is Study && resource has patient && principal.family.contains(resource.patient)) || (resource is Patient && principal.family.contains(resource))) && context.now.durationSince(context.authenticatedAt) <= duration("a quarter of an hour") }
            unless { if principal.department == resource.department then context.purposeOfUse == "emergency" else {kind: "a record", "with blanks": [1, 2, 3], third: context.something.long}.kind == "x" };
            """;

        PolicyFormatter.Format(text).ShouldBe("""
            permit (
              principal is Hospital::User in Hospital::Role::"radiologist",
              action in [
                Action::"view",
                Action::"annotate",
                Action::"a-third-action-with-a-name"
              ],
              resource
            )
            when {
              principal has family &&
              ((resource is Study &&
                resource has patient &&
                principal.family.contains(resource.patient)) ||
               (resource is Patient && principal.family.contains(resource))) &&
              context.now.durationSince(context.authenticatedAt) <=
                duration("a quarter of an hour")
            }
            unless {
              if principal.department == resource.department
              then context.purposeOfUse == "emergency"
              else {
                kind: "a record",
                "with blanks": [1, 2, 3],
                third: context.something.long
              }.kind == "x"
            };

            """);
    }

    [Fact]
    public void Every_comment_stays_where_it_belongs()
    {
        const string text = """
            // The file.

            // The policy.
            @id("x") // its name
            // Its effect.
            permit(principal, // anybody
              action in [ // some
                Action::"a" // first
                // second:
                , Action::"b"
                // no more
              ], resource
              // that is the scope
            ) // now the clauses
            when { // one
              context.a // a
              && // and
              // b follows
              context.b == (1 // one
              + 2) // sum
              // nothing more
            } // end of when
            // an exception
            unless { {a: 1 // first
            , b: // value of b
            f(2)}.a == 1 } // before the semicolon
            ; // done
            // About the next one.
            forbid(principal, action, resource); // last


            // The end.
            """;

        string formatted = PolicyFormatter.Format(text.Replace("f(2)", "ip(\"2\")", StringComparison.Ordinal));

        formatted.ShouldBe("""
            // The file.

            // The policy.
            @id("x") // its name
            // Its effect.
            permit (
              principal, // anybody
              action in [ // some
                Action::"a", // first
                // second:
                Action::"b"
                // no more
              ],
              resource
              // that is the scope
            ) // now the clauses
            when { // one
              context.a && // a
              // and
              // b follows
              context.b ==
                (1 + // one
                   2) // sum
              // nothing more
            } // end of when
            // an exception
            unless {
              {
                a: 1, // first
                b: // value of b
                  ip("2")
              }.a == 1
            } // before the semicolon
            ; // done

            // About the next one.
            forbid (principal, action, resource); // last

            // The end.

            """);
    }

    [Fact]
    public void A_chain_within_a_chain_is_indented_and_a_list_is_broken_one_by_one() =>
        PolicyFormatter.Format(
            "permit(principal,action,resource) when { context.first && context.second || [1,2,3].contains(context.third) && 10 + 20 + 30 < 50, };"
                .Replace(", }", " }", StringComparison.Ordinal), options: new FormatOptions { LineWidth = 24, IndentWidth = 4 })
            .ShouldBe("""
                permit (
                    principal,
                    action,
                    resource
                )
                when {
                    context.first &&
                        context.second ||
                    [1, 2, 3].contains(
                            context.third
                        ) &&
                        10 + 20 + 30 <
                            50
                };

                """);

    [Theory]
    [InlineData("", "")]
    [InlineData("\r\n \t", "")]
    [InlineData("// alone", "// alone\n")]
    [InlineData("  // one  \r\n\r\n\r\n// two\r\n// three\r\n", "// one\n\n// two\n// three\n")]
    [InlineData("permit(principal,action,resource,);", "permit (principal, action, resource,);\n")]
    [InlineData("permit(principal,action,resource);permit(principal,action,resource);", "permit (principal, action, resource);\n\npermit (principal, action, resource);\n")]
    public void Blanks_between_policies_are_put_in_order(string text, string expected) => PolicyFormatter.Format(text).ShouldBe(expected);

    [Fact]
    public void A_string_with_line_ends_stays_as_it_is()
    {
        const string text = "permit(principal, action, resource) when { context.a == \"one\n  two // no comment\" && true };";

        string formatted = PolicyFormatter.Format(text);

        formatted.ShouldContain("\"one\n  two // no comment\"");
        PolicyFormatter.Format(formatted).ShouldBe(formatted);
    }

    [Fact]
    public void A_text_with_errors_is_refused_with_their_positions()
    {
        PolicySyntaxException refused = Should.Throw<PolicySyntaxException>(
            () => PolicyFormatter.Format("permit(principal, action, resource);\n permit(principal);\npermit;", "rules.cedar"));

        refused.Errors.Select(error => error.Position.ToString()).ShouldBe(["rules.cedar:2:18", "rules.cedar:3:7"]);
    }

    [Fact]
    public void Width_and_indent_have_limits()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new FormatOptions { LineWidth = 19 });
        Should.Throw<ArgumentOutOfRangeException>(() => new FormatOptions { LineWidth = 1_001 });
        Should.Throw<ArgumentOutOfRangeException>(() => new FormatOptions { IndentWidth = -1 });
        Should.Throw<ArgumentOutOfRangeException>(() => new FormatOptions { IndentWidth = 9 });
    }
}
