using System.Net;
using System.Security.Cryptography;
using System.Text;
using AccessGov.TransparencyLog;

namespace AccessGov.Witness.Tests;

public sealed class AddCheckpointTests : IAsyncLifetime
{
    private readonly TestLog log = new("hospital.test/audit");
    private WitnessHost witness = null!;

    public async Task InitializeAsync() => witness = await WitnessHost.StartAsync(log.Signer.Key);

    public async Task DisposeAsync() => await witness.DisposeAsync();

    [Fact]
    public async Task A_log_that_grows_is_cosigned_each_time()
    {
        long before = 0;
        foreach (int size in new[] { 0, 1, 2, 255, 256, 700, 700, 70_000 })
        {
            log.GrowTo(size);
            SignedNote cosigned = await witness.CosignedAsync(log.Request(before));
            (await witness.Client.GetStringAsync($"{CosignedCheckpoints.HashOf(log.Origin)}/checkpoint")).ShouldBe(cosigned.ToString());
            before = size;
        }
    }

    [Fact]
    public async Task The_time_of_a_cosignature_is_the_time_of_the_answer()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-1);
        SignedNote cosigned = await witness.CosignedAsync(log.GrowTo(3).Request(0));
        NoteKey.TimeOf(cosigned.Signatures[^1].Signature.Span)!.Value.ShouldBeInRange(before, DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task Who_names_another_old_size_is_told_the_size()
    {
        await witness.CosignedAsync(log.GrowTo(300).Request(0));
        foreach (long old in new long[] { 0, 299, 400 })
        {
            using HttpResponseMessage conflict = await witness.AddAsync(log.GrowTo(500).Request(old));
            conflict.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            conflict.Content.Headers.ContentType!.ToString().ShouldBe("text/x.tlog.size");
            (await conflict.Content.ReadAsStringAsync()).ShouldBe("300\n");
        }

        await witness.CosignedAsync(log.Request(300));
    }

    [Fact]
    public async Task A_fork_is_refused_and_the_log_goes_on()
    {
        await witness.CosignedAsync(log.GrowTo(300).Request(0));
        await RefusedAsync(log.Fork(299, 300).Request(300), HttpStatusCode.UnprocessableEntity, "not_consistent");
        await RefusedAsync(log.Fork(299, 500).Request(300), HttpStatusCode.UnprocessableEntity, "not_consistent");
        await witness.CosignedAsync(log.GrowTo(400).Request(300));
    }

    [Fact]
    public async Task A_rollback_is_refused()
    {
        await witness.CosignedAsync(log.GrowTo(300).Request(0));
        var earlier = new TestLog(log.Origin, log.Signer);
        using HttpResponseMessage conflict = await witness.AddAsync(earlier.GrowTo(200).Request(200));
        conflict.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await RefusedAsync(earlier.Request(300), HttpStatusCode.BadRequest, "request_malformed");
    }

    [Fact]
    public async Task A_proof_that_is_wrong_or_not_asked_for_is_refused()
    {
        string surplus = TestLog.Body(0, [TreeHash.OfEmptyTree.ToString()], log.GrowTo(10).Checkpoint());
        await RefusedAsync(surplus, HttpStatusCode.UnprocessableEntity, "not_consistent");
        await witness.CosignedAsync(log.Request(0));
        await RefusedAsync(TestLog.Body(10, [], log.GrowTo(20).Checkpoint()), HttpStatusCode.UnprocessableEntity, "not_consistent");
        await RefusedAsync(TestLog.Body(10, [TreeHash.OfEmptyTree.ToString()], log.Checkpoint()), HttpStatusCode.UnprocessableEntity,
            "not_consistent");
    }

    [Fact]
    public async Task An_empty_log_has_one_root() => await RefusedAsync(
        TestLog.Body(0, [], log.Note(new Checkpoint(log.Origin, 0, TreeHash.OfLeaf([1])).ToString())), HttpStatusCode.UnprocessableEntity,
            "root_wrong");

    [Fact]
    public async Task A_log_that_is_not_known_is_refused() =>
        await RefusedAsync(new TestLog("other.test/log").GrowTo(3).Request(0), HttpStatusCode.NotFound, "log_unknown");

    [Fact]
    public async Task A_key_that_is_not_known_is_refused_and_signs_nothing_beside_one_that_is()
    {
        log.GrowTo(3);
        NoteSigner stranger = NoteSigner.OfEd25519(log.Origin, RandomNumberGenerator.GetBytes(32));
        await RefusedAsync(log.Request(0, log.Checkpoint(stranger)), HttpStatusCode.Forbidden, "signature_unknown");

        SignedNote cosigned = await witness.CosignedAsync(log.Request(0, log.Checkpoint(stranger, log.Signer)));
        cosigned.Signatures.Length.ShouldBe(3);
        string kept = await witness.Client.GetStringAsync($"{CosignedCheckpoints.HashOf(log.Origin)}/checkpoint");
        SignedNote.Parse(Encoding.UTF8.GetBytes(kept)).IsSignedBy(stranger.Key).ShouldBeFalse();
    }

    [Fact]
    public async Task A_false_signature_of_a_known_key_is_refused()
    {
        SignedNote note = log.GrowTo(3).Checkpoint();
        byte[] signature = note.Signatures[0].Signature.ToArray();
        signature[0] ^= 1;
        SignedNote changed = note with { Signatures = [note.Signatures[0] with { Signature = signature }] };
        await RefusedAsync(log.Request(0, changed), HttpStatusCode.Forbidden, "signature_unknown");
    }

    [Theory]
    [InlineData("old 0\n")]
    [InlineData("old 0\n\n")]
    [InlineData("old -1\n\n{0}")]
    [InlineData("old 00\n\n{0}")]
    [InlineData("Old 0\n\n{0}")]
    [InlineData("old 0 \n\n{0}")]
    [InlineData("old 0\r\n\n{0}")]
    [InlineData("old 99999999999999999999\n\n{0}")]
    [InlineData("old 0\nAAAA\n\n{0}")]
    [InlineData("\n\n{0}")]
    [InlineData("{0}")]
    public async Task What_is_no_request_is_refused(string form) => await RefusedAsync(
        form.Replace("{0}", log.GrowTo(3).Checkpoint().ToString(), StringComparison.Ordinal), HttpStatusCode.BadRequest,
            "request_malformed");

    [Fact]
    public async Task A_proof_has_at_most_63_hashes() => await RefusedAsync(
        TestLog.Body(1, Enumerable.Repeat(TreeHash.OfEmptyTree.ToString(), 64), log.GrowTo(3).Checkpoint()), HttpStatusCode.BadRequest,
            "request_malformed");

    [Fact]
    public async Task Extension_lines_are_cosigned()
    {
        string text = log.GrowTo(3).Checkpoint().Text + "anything\n";
        await witness.CosignedAsync(TestLog.Body(0, [], log.Note(text)));
        await RefusedAsync(TestLog.Body(3, [], log.Note(text + "\n")), HttpStatusCode.BadRequest, "request_malformed");
    }

    [Fact]
    public async Task Nothing_is_cosigned_of_a_log_that_never_sent_anything()
    {
        using HttpResponseMessage answer = await witness.Client.GetAsync(new Uri($"{CosignedCheckpoints.HashOf(log.Origin)}/checkpoint",
            UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("checkpoint_unknown");
    }

    private async Task RefusedAsync(string body, HttpStatusCode status, string code)
    {
        (HttpStatusCode answered, string text) = await witness.AnswerToAsync(body);
        answered.ShouldBe(status, text);
        text.ShouldContain($"urn:accessgov:witness:{code}");
    }
}
