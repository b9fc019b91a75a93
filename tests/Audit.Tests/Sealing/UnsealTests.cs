using System.Text.Json;
using System.Text.Json.Nodes;
using AccessGov.Audit.Ingest;
using AccessGov.Audit.Sealing;
using AccessGov.Audit.Trail;

namespace AccessGov.Audit.Tests.Sealing;

public sealed class UnsealTests(AuditHost host) : IClassFixture<AuditHost>
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private static readonly JsonElement Names = JsonSerializer.SerializeToElement(new { name = "Erika Mustermann" });

    [Theory]
    [InlineData(364, false, null)]
    [InlineData(365, false, "approval_required")]
    [InlineData(365, true, null)]
    public void The_archive_needs_a_second_person(int days, bool approved, string? refused) =>
        UnsealEntry.Decide(Now.AddDays(-days), TimeSpan.FromDays(365), approved, Now)?.Code.ShouldBe(refused);

    [Theory]
    [InlineData("requested", "ada", 0, "self_approval")]
    [InlineData("requested", "bob", 8, "request_expired")]
    [InlineData("approved", "bob", 0, "already_decided")]
    [InlineData("denied", "bob", 0, "already_decided")]
    [InlineData("requested", "bob", 6, "")]
    public void Somebody_else_decides_once_and_in_time(string state, string approver, int days, string refused) =>
        (RequestUnsealing.Decide(new UnsealRequest(Guid.Empty, state, "ada", Now.AddDays(-days), [1], "why", null, null), approver,
            Now)?.Code ?? "").ShouldBe(refused);

    [Fact]
    public async Task Sealed_fields_are_shown_with_whom_they_are_about_and_the_trail_says_so_first()
    {
        AuditRecord record = Records.View("p-unsealed")
            with { PatientDetails = Names, PersonDetails = JsonSerializer.SerializeToElement(new { comment = "on call" }) };
        long sequence = (await host.AddAsync(record))[0];
        (int status, _, JsonNode? body) = await host.DoAsync("ursula", $"/entries/{sequence}/unseal", new { reason = "Complaint 4711" });

        status.ShouldBe(200);
        JsonArray fields = body!["fields"]!.AsArray();
        fields.Select(field => $"{field!["about"]} {field["content"]!.ToJsonString()}").ShouldBe(
            ["patient {\"patient\":\"p-unsealed\",\"name\":\"Erika Mustermann\"}", "person {\"comment\":\"on call\"}"]);
        (await host.ToldAsync($"Entry::{sequence}", 1)).ShouldBe(["audit.unsealed ursula"]);
        JsonNode told = host.Leaves().Single(leaf => (string?)leaf["object"]?["resource"] == $"Entry::{sequence}");
        told.ToJsonString().ShouldNotContain("Complaint 4711");
        ((string?)told["object"]!["patient_token"]).ShouldBe((string?)host.Leaves()[(int)sequence]["object"]!["patient_token"]);
        (await host.DoAsync("ursula", $"/entries/{told["seq"]}/unseal",
            new { reason = "Who looked, and why?" })).Body!["fields"]![0]!["content"]!["reason"]!
            .ToString().ShouldBe("Complaint 4711");
    }

    [Fact]
    public async Task What_is_long_is_opened_from_its_file_and_not_when_the_file_was_changed()
    {
        JsonElement report = JsonSerializer.SerializeToElement(new { report = new string('x', 20_000) });
        long sequence = (await host.AddAsync(Records.View() with { PatientDetails = report }))[0];
        (await host.StatesAsync(sequence)).ShouldBe([FieldState.Opened]);

        string blob = TrailWriter.BlobPath(host.TrailDirectory, (string)host.Leaves()[(int)sequence]["sealed"]![0]!["blob"]!);
        byte[] bytes = await File.ReadAllBytesAsync(blob);
        bytes[7] ^= 1;
        await File.WriteAllBytesAsync(blob, bytes);
        (await host.StatesAsync(sequence)).ShouldBe([FieldState.Damaged]);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_now_is_an_outage_and_no_damage()
    {
        JsonElement report = JsonSerializer.SerializeToElement(new { report = new string('x', 20_000) });
        long sequence = (await host.AddAsync(Records.View() with { PatientDetails = report }))[0];
        string blob = TrailWriter.BlobPath(host.TrailDirectory, (string)host.Leaves()[(int)sequence]["sealed"]![0]!["blob"]!);
        byte[] bytes = await File.ReadAllBytesAsync(blob);
        File.Delete(blob);
        File.CreateSymbolicLink(blob, blob);
        (int status, string code, _) = await host.DoAsync("ursula", $"/entries/{sequence}/unseal", new { reason = "Complaint" });
        (status, code).ShouldBe((503, "trail_unavailable"));

        File.Delete(blob);
        await File.WriteAllBytesAsync(blob, bytes);
        (await host.StatesAsync(sequence)).ShouldBe([FieldState.Opened]);
    }

    [Fact]
    [Trait("Requirement", "S56, S91, S93")]
    public async Task Only_people_with_the_scope_who_signed_in_with_two_factors_unseal()
    {
        long sequence = (await host.AddAsync(Records.View()))[0];
        string path = $"/entries/{sequence}/unseal";
        const string Body = """{"reason":"why"}""";
        using HttpResponseMessage weak = await host.SendAsync(HttpMethod.Post, path, Body, host.TokenOf("ursula", "audit.unseal"));
        ((int)weak.StatusCode).ShouldBe(401);
        weak.Headers.WwwAuthenticate.ToString().ShouldContain("acr_values=\"https://refeds.org/profile/mfa\"");
        (await weak.Content.ReadAsStringAsync()).ShouldContain("urn:accessgov:audit:step_up_required");
        using HttpResponseMessage program = await host.SendAsync(HttpMethod.Post, path, Body, host.TokenOf("tests", "audit.unseal"));
        (await program.Content.ReadAsStringAsync()).ShouldContain("urn:accessgov:audit:person_required");
        using HttpResponseMessage reader = await host.SendAsync(HttpMethod.Post, path, Body, host.StrongTokenOf("ursula", "audit.read"));
        ((int)reader.StatusCode).ShouldBe(403);
        (await host.DoAsync("ursula", path, new { reason = " " })).Code.ShouldBe("reason_malformed");
        (await host.DoAsync("ursula", "/entries/999999/unseal", new { reason = "why" })).Code.ShouldBe("entry_unknown");
    }

    [Fact]
    [Trait("Requirement", "S56")]
    public async Task The_archive_is_opened_by_whoever_asked_for_a_day_after_somebody_else_approved()
    {
        var clock = new ShiftedClock();
        await using AuditHost old = await AuditHost.StartAsync(clock: clock);
        long[] sequences = await old.AddAsync(Records.View(), Records.View());
        clock.Advance(TimeSpan.FromDays(366));
        object why = new { reason = "Lawsuit" };
        (await old.DoAsync("ursula", $"/entries/{sequences[0]}/unseal", why)).Code.ShouldBe("approval_required");
        (await old.DoAsync("ursula", "/unseal-requests",
            new { sequences = Array.Empty<long>(), reason = "x" })).Code.ShouldBe("sequences_malformed");
        (await old.DoAsync("ursula", "/unseal-requests", new { sequences = new[] { 77L }, reason = "x" })).Code.ShouldBe("entry_unknown");
        string id = (string)(await old.DoAsync("ursula", "/unseal-requests",
            new { sequences = new[] { sequences[0] }, reason = "Lawsuit" })).Body!["id"]!;
        (await old.DoAsync("ursula", $"/unseal-requests/{id}/approve", new { })).Code.ShouldBe("self_approval");
        (await old.DoAsync("ursula", $"/unseal-requests/{Guid.NewGuid()}/approve", new { })).Code.ShouldBe("unseal_request_unknown");
        (await old.DoAsync("anna", $"/unseal-requests/{id}/approve", new { })).Status.ShouldBe(204);
        (await old.DoAsync("anna", $"/unseal-requests/{id}/deny", new { })).Code.ShouldBe("already_decided");

        (await old.DoAsync("ursula", $"/entries/{sequences[0]}/unseal", why)).Status.ShouldBe(200);
        (await old.DoAsync("ursula", $"/entries/{sequences[1]}/unseal", why)).Code.ShouldBe("approval_required");
        (await old.DoAsync("anna", $"/entries/{sequences[0]}/unseal", why)).Code.ShouldBe("approval_required");
        clock.Advance(TimeSpan.FromHours(25));
        (await old.DoAsync("ursula", $"/entries/{sequences[0]}/unseal", why)).Code.ShouldBe("approval_required");
        (await old.ToldAsync($"UnsealRequest::{id}", 2)).ShouldBe(["unseal.requested ursula", "unseal.approved anna"]);
        ((string?)(await old.SeeAsync("/unseal-requests")).Body!["requests"]![0]!["reason"]).ShouldBe("Lawsuit");
        ((await old.DoAsync("anna", "/unseal-requests/mine", method: HttpMethod.Get)).Body!["requests"]!.AsArray().Count).ShouldBe(0);
        (await old.ToldAsync("Trail::unseal_requests", 2)).ShouldBe(["audit.read rita", "audit.read anna"]);
    }
}
