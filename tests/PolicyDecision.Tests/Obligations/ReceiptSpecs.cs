using AccessGov.EventSourcing;
using AccessGov.PolicyDecision.Obligations;
using AccessGov.Testing;

namespace AccessGov.PolicyDecision.Tests.Obligations;

public sealed class ReceiptSpecs
{
    private static readonly GiveReceipt.Command Fulfilled = new(Guid.CreateVersion7(), "watermark@1", "fulfilled");

    [Fact]
    public void The_first_receipt_is_kept() => Decide(true, null, Fulfilled).Then(new GiveReceipt.Given("fulfilled", null));

    [Fact]
    public void The_same_receipt_again_says_nothing_new() => Decide(true, new("fulfilled", null), Fulfilled).ThenNothing();

    [Theory]
    [InlineData("failed", null)]
    [InlineData("fulfilled", "and more")]
    public void A_receipt_that_says_otherwise_is_refused(string status, string? detail) =>
        Decide(true, new("fulfilled", null), Fulfilled with { Status = status, Detail = detail }).ThenRefused("receipt_contradicts");

    [Fact]
    public void An_obligation_that_no_decision_has_gets_no_receipt() => Decide(false, null, Fulfilled).ThenRefused("obligation_unknown");

    [Theory]
    [InlineData("done", "watermark@1", null)]
    [InlineData("", "watermark@1", null)]
    [InlineData("fulfilled", "", null)]
    [InlineData("fulfilled", "watermark@1", " ")]
    [InlineData("fulfilled", "watermark@1", "a\0b")]
    public void A_receipt_says_what_became_of_which_obligation(string status, string obligation, string? detail) =>
        Decide(true, null, new(Guid.CreateVersion7(), obligation, status, detail)).ThenRefused("receipt_malformed");

    [Fact]
    public void A_receipt_is_short() => Decide(true, null, Fulfilled with { Detail = new string('x', 501) }).ThenRefused("receipt_malformed");

    private static Decided<GiveReceipt.Given> Decide(bool exists, GiveReceipt.Given? earlier, GiveReceipt.Command command) =>
        new(GiveReceipt.Decide(exists, earlier, command), Refusals.StatusOf);
}
