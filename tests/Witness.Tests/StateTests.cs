using System.Net;
using System.Text;
using AccessGov.Testing;
using AccessGov.TransparencyLog;

namespace AccessGov.Witness.Tests;

/// <summary>What a witness has cosigned it never forgets, whatever happens to it.</summary>
public sealed class StateTests
{
    private const int Kills = 6;
    private readonly TestLog log = new("hospital.test/audit");

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was()
    {
        await using WitnessHost witness = await WitnessHost.StartAsync(log.Signer.Key);
        await witness.CosignedAsync(log.GrowTo(300).Request(0));
        await using WitnessHost again = await witness.AgainAsync();
        (await again.AnswerToAsync(log.Fork(100, 300).Request(300))).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await again.AnswerToAsync(log.Request(0))).ShouldBe((HttpStatusCode.Conflict, "300\n"));
        await again.CosignedAsync(log.GrowTo(301).Request(300));
    }

    [Fact]
    public async Task Of_many_that_come_at_once_one_is_cosigned_and_no_two_that_contradict_each_other()
    {
        await using WitnessHost witness = await WitnessHost.StartAsync(log.Signer.Key);
        await witness.CosignedAsync(log.GrowTo(300).Request(0));
        string[] requests = [.. Enumerable.Range(1, 40).Select(i => log.Fork(300, 300 + i).Request(300)), log.GrowTo(350).Request(300)];
        (HttpStatusCode Status, string Text)[] answers = await Task.WhenAll(requests.Select(witness.AnswerToAsync));
        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.Status == HttpStatusCode.Conflict).ShouldBe(requests.Length - 1);
    }

    [Fact]
    public async Task Whenever_it_is_killed_it_has_kept_what_it_answered()
    {
        await using WitnessHost witness = WitnessHost.Prepare(log.Signer.Key);
        int port = FreePort.Next();
        var random = new Random(4711);
        long acknowledged = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            ChildProcess program = witness.StartProgram(port);
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            long kept = 0;
            await Eventually.HoldsAsync(async () => (kept = await SizeAsync(client, log)) >= 0, $"the witness runs: {program.Output}");
            kept.ShouldBeGreaterThanOrEqualTo(acknowledged);
            kept.ShouldBeLessThanOrEqualTo(log.Size);
            using var done = new CancellationTokenSource();
            long sent = kept;
            Task<long> sending = Task.Run(() => SendAsync(client, sent, done.Token));
            await Task.Delay(random.Next(20, 300));
            await program.DisposeAsync();
            await done.CancelAsync();
            acknowledged = Math.Max(acknowledged, await sending);
        }

        acknowledged.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_was_changed_on_its_disk_is_not_believed()
    {
        await using WitnessHost witness = await WitnessHost.StartAsync(log.Signer.Key);
        await witness.CosignedAsync(log.GrowTo(300).Request(0));
        await File.WriteAllTextAsync(Path.Combine(witness.StateDirectory, CosignedCheckpoints.HashOf(log.Origin)), "anything\n");
        (HttpStatusCode status, string text) = await witness.AnswerToAsync(log.Request(0));
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        text.ShouldContain("state_unavailable");
        using HttpResponseMessage health = await witness.Client.GetAsync(new Uri("health/ready", UriKind.Relative));
        health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_second_process_in_its_directory_does_not_start()
    {
        await using WitnessHost witness = await WitnessHost.StartAsync(log.Signer.Key);
        await using ChildProcess second = witness.StartProgram(FreePort.Next());
        (await second.ExitCodeAsync(Eventually.Bound)).ShouldNotBe(0);
    }

    /// <summary>Grows the log one entry at a time, and answers how far it was cosigned.</summary>
    private async Task<long> SendAsync(HttpClient client, long from, CancellationToken done)
    {
        long cosigned = 0;
        try
        {
            while (!done.IsCancellationRequested)
            {
                log.GrowTo(Math.Max(log.Size, from) + 1);
                using HttpResponseMessage answer = await client.PostAsync(
                    new Uri("add-checkpoint", UriKind.Relative), new StringContent(log.Request(from)), done);
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                cosigned = from = log.Size;
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
        {
            // It was killed.
        }

        return cosigned;
    }

    /// <summary>How far it says to have cosigned; less than 0 while it is not there.</summary>
    private static async Task<long> SizeAsync(HttpClient client, TestLog log)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri($"{CosignedCheckpoints.HashOf(log.Origin)}/checkpoint",
                UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.NotFound
                ? 0
                : Checkpoint.Parse(SignedNote.Parse(Encoding.UTF8.GetBytes(await answer.Content.ReadAsStringAsync())).Text).Size;
        }
        catch (HttpRequestException)
        {
            return -1;
        }
    }
}
