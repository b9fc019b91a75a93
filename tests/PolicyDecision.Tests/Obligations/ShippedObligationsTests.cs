using AccessGov.Cedar;
using AccessGov.PolicyDecision.Evaluation;
using AccessGov.PolicyDecision.Policies;
using AccessGov.PolicyDecision.Tests.ShippedPolicies;

namespace AccessGov.PolicyDecision.Tests.Obligations;

/// <summary>The obligations of deploy/policies, in the cases of its own tests.</summary>
public sealed class ShippedObligationsTests
{
    private static readonly ParsedPolicies Shipped = PolicyCompiler.Parse(
    [
        .. Directory.GetFiles(ShippedPolicySet.Current.Folder).Where(path => Path.GetExtension(path) is ".cedar" or ".json" or ".obligations")
            .Select(path => new PolicyFile(Path.GetFileName(path), File.ReadAllText(path))),
    ]);

    private static readonly CompiledPolicySet Compiled = Shipped.Policies.Compile();

    [Theory]
    [InlineData("A VIP's study opens with a purpose of use", "vip-access-notice@1")]
    [InlineData("A VIP's study opens for the care team", "")]
    [InlineData("A restricted study leaves by the care team with a second factor", "watermark@1")]
    [InlineData("A radiologist shares with a second factor", "watermark@1")]
    [InlineData("Nobody shares without a second factor", "second-factor@1")]
    [InlineData("Nobody deletes with a stale second factor", "second-factor@1")]
    [InlineData("A restricted study is closed with a password alone", "second-factor@1")]
    [InlineData("The care team alone, without a role, opens nothing", "")]
    [InlineData("A restricted study does not leave with a second factor alone", "")]
    [InlineData("A restricted study opens with a second factor", "")]
    public void A_case_of_the_shipped_set_has_these_obligations(string name, string expected) =>
        string.Join(' ', Judge(ShippedPolicySet.Current.Cases.Single(@case => @case.Name == name)).Obligations.Select(obligation => obligation.Id)).ShouldBe(expected);

    [Fact]
    public void Every_case_is_decided_as_without_obligations_and_each_entry_of_the_catalogue_is_sent_in_one()
    {
        Shipped.Faults.ShouldBeEmpty();
        var sent = new HashSet<string>(StringComparer.Ordinal);
        foreach (PolicyCase @case in ShippedPolicySet.Current.Cases)
        {
            Verdict verdict = Judge(@case);
            verdict.Permitted.ShouldBe(@case.Expected == Decision.Allow, @case.Name);
            verdict.Errors.ShouldBeEmpty(@case.Name);
            sent.UnionWith(verdict.Obligations.Select(obligation => obligation.Id));
        }

        sent.Order(StringComparer.Ordinal).ShouldBe(["second-factor@1", "vip-access-notice@1", "watermark@1"]);
    }

    private static Verdict Judge(PolicyCase @case) =>
        StrictMode.Judge(Compiled, ShippedPolicySet.Current.RequestOf(@case), ShippedPolicySet.Current.EntitiesOf(@case), Shipped.Obligations);
}
