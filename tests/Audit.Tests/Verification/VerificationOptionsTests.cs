using System.Globalization;
using AccessGov.Audit.Verification;
using AccessGov.TransparencyLog;
using Microsoft.Extensions.Options;

namespace AccessGov.Audit.Tests.Verification;

public sealed class VerificationOptionsTests
{
    [Theory]
    [InlineData("1.00:00:00", "2026-03-01T10:00:00Z", "2026-03-02T02:30:00Z")]
    [InlineData("1.00:00:00", "2026-03-01T02:30:00Z", "2026-03-02T02:30:00Z")]
    [InlineData("1.00:00:00", "2026-03-01T02:29:59Z", "2026-03-01T02:30:00Z")]
    [InlineData("1.00:00:00", "2026-03-01T23:00:00-05:00", "2026-03-03T02:30:00Z")]
    [InlineData("3.00:00:00", "2026-03-01T02:30:00Z", "2026-03-04T02:30:00Z")]
    [InlineData("06:00:00", "2026-03-01T10:00:00Z", "2026-03-01T16:00:00Z")]
    public void It_is_verified_at_its_time_of_the_day_or_every_so_many_hours(string every, string last, string next) =>
        new VerificationOptions { VerifyEvery = TimeSpan.Parse(every, CultureInfo.InvariantCulture) }.NextAfter(At(last))
            .ShouldBe(At(next));

    [Theory]
    [InlineData(null, true)]
    [InlineData("2026-03-04T02:30:00Z", false)]
    [InlineData("2026-03-03T02:30:00Z", false)]
    [InlineData("2026-03-02T02:30:00Z", true)]
    public void The_whole_trail_is_verified_before_a_week_is_over(string? last, bool isWhole) =>
        new VerificationOptions().IsWhole(last is null ? null : At(last), At("2026-03-09T02:30:00Z")).ShouldBe(isWhole);

    [Fact]
    public void What_is_wrong_keeps_how_far_it_was_good_and_when_it_was_whole()
    {
        var before = new VerificationState(At("2026-03-01T00:00:00Z"), 5, default(TreeHash), null, At("2026-03-02T00:00:00Z"), null, null);
        var checkpoint = new Checkpoint("hospital.test/audit", 9, default);
        DateTimeOffset now = At("2026-03-03T00:00:00Z");

        VerificationState bad = VerifyTrail.After(before, new(checkpoint, new LogFinding("entry_changed", 3, "x")), isWhole: true, now);
        bad.ShouldBe(before with { VerifiedAt = now, Code = "entry_changed", Leaf = 3 });
        VerifyTrail.After(bad, new(checkpoint, null), isWhole: true, now)
            .ShouldBe(before with { VerifiedAt = now, WholeAt = now, Through = 9 });
        VerifyTrail.After(before, new(checkpoint, null), isWhole: false, now).WholeAt.ShouldBe(before.WholeAt);
        VerifyTrail.After(before, new(null, null), isWhole: true, now).Through.ShouldBe(5, "nothing is published");
    }

    [Fact]
    public async Task A_service_that_would_verify_all_of_it_more_often_than_any_of_it_does_not_start() =>
        (await Should.ThrowAsync<OptionsValidationException>(() => AuditHost.StartAsync(settings: new Dictionary<string, string?>
        {
            ["Audit:VerifyEvery"] = "8.00:00:00", ["Audit:VerifyWholeEvery"] = "7.00:00:00",
        }))).Message.ShouldContain("make VerifyEvery shorter, or VerifyWholeEvery longer");

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
