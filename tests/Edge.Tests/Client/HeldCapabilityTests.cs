using System.Net;
using AccessGov.Client;
using AccessGov.EmergencyCapabilities;

namespace AccessGov.Edge.Tests.Client;

public sealed class HeldCapabilityTests
{
    private static readonly WantedImages Wanted = new("4711", "ETREAT", "Unconscious after a fall");

    [Fact]
    public async Task A_program_fetches_a_capability_and_opens_images_with_it_while_AccessGov_is_away()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        using var breakGlass = new HttpClient { BaseAddress = edge.BreakGlass.Address };
        var id = Guid.Parse("0190a0b0-0000-7000-8000-000000000001");
        using var held = new HeldCapability(new HeldCapabilitySettings("radiology"), edge.Clock, () => id);
        (await held.UseAsync(edge.Client, Wanted)).Fault!.Code.ShouldBe("capability_missing");
        (await held.RenewAsync(breakGlass)).ShouldBeNull();
        edge.BreakGlass.IsAway = true;

        (EmergencyImages? images, CapabilityFault? fault) = await held.UseAsync(edge.Client, Wanted);

        fault.ShouldBeNull();
        (images!.Patient, images.Id).ShouldBe(("4711", id.ToString()));
        (await edge.ReasonAsync(images.Access, $"/dicom-web/studies/{ArchiveStandIn.Study}")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_survives_the_program_in_a_file_that_nobody_else_reads_and_is_forgotten_after_signing_out()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string file = Path.Combine(Directory.CreateTempSubdirectory("accessgov-held-").FullName, "emergency.json");
        using var breakGlass = new HttpClient { BaseAddress = edge.BreakGlass.Address };
        using (var first = new HeldCapability(new HeldCapabilitySettings("radiology", File: file, Person: "ada"), edge.Clock))
        {
            (await first.RenewAsync(breakGlass)).ShouldBeNull();
        }

        edge.BreakGlass.IsAway = true;
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var second = new HeldCapability(new HeldCapabilitySettings("radiology", File: file, Person: "ada"), edge.Clock);
        (await second.UseAsync(edge.Client, Wanted)).Images.ShouldNotBeNull();
        second.Forget();
        (await second.UseAsync(edge.Client, Wanted)).Fault!.Code.ShouldBe("capability_missing");
        File.Exists(file).ShouldBeFalse();
        Directory.Delete(Path.GetDirectoryName(file)!);
    }

    [Fact]
    public async Task What_another_person_left_in_the_file_is_not_taken()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string file = Path.Combine(Directory.CreateTempSubdirectory("accessgov-held-").FullName, "emergency.json");
        using var breakGlass = new HttpClient { BaseAddress = edge.BreakGlass.Address };
        using (var ada = new HeldCapability(new HeldCapabilitySettings("radiology", File: file, Person: "ada"), edge.Clock))
        {
            (await ada.RenewAsync(breakGlass)).ShouldBeNull();
        }

        using var bob = new HeldCapability(new HeldCapabilitySettings("radiology", File: file, Person: "bob"), edge.Clock);
        using var other = new HeldCapability(new HeldCapabilitySettings("cardiology", File: file, Person: "ada"), edge.Clock);

        (await bob.UseAsync(edge.Client, Wanted)).Fault!.Code.ShouldBe("capability_missing");
        (await other.UseAsync(edge.Client, Wanted)).Fault!.Code.ShouldBe("capability_missing");
        (await bob.RenewAsync(breakGlass))!.Code.ShouldBe("capability_of_other_holder");
        Should.Throw<ArgumentException>(
            () => new HeldCapability(new HeldCapabilitySettings("radiology", File: file), edge.Clock).Dispose());
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task That_it_was_used_is_known_to_the_next_run_as_well()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string file = Path.Combine(Directory.CreateTempSubdirectory("accessgov-held-").FullName, "emergency.json");
        using var breakGlass = new HttpClient { BaseAddress = edge.BreakGlass.Address };
        var settings = new HeldCapabilitySettings("radiology", File: file, Person: "ada");
        SignedUse first;
        using (var held = new HeldCapability(settings, edge.Clock))
        {
            await held.RenewAsync(breakGlass);
            first = (await held.SignAsync(Wanted))!;
        }

        using var again = new HeldCapability(settings, edge.Clock);
        (await again.RenewAsync(breakGlass)).ShouldBeNull();

        (await again.SignAsync(Wanted))!.Capability.ShouldNotBe(first.Capability);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"Capability\":")]
    [InlineData("""{"Capability":"a.b.c","Id":"1","Expires":"2099-01-01T00:00:00Z","Renew":"2099-01-01T00:00:00Z","Key":"no key"}""")]
    public async Task A_damaged_file_is_none(string content)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string file = Path.Combine(Directory.CreateTempSubdirectory("accessgov-held-").FullName, "emergency.json");
        await File.WriteAllTextAsync(file, content);
        using var breakGlass = new HttpClient { BaseAddress = edge.BreakGlass.Address };
        using var held = new HeldCapability(new HeldCapabilitySettings("radiology", File: file, Person: "ada"), edge.Clock);

        (await held.UseAsync(edge.Client, Wanted)).Fault!.Code.ShouldBe("capability_missing");
        (await held.RenewAsync(breakGlass)).ShouldBeNull();
        (await held.UseAsync(edge.Client, Wanted)).Images.ShouldNotBeNull();
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task It_is_renewed_when_half_of_its_time_is_over_and_after_each_use()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        using var breakGlass = new HttpClient { BaseAddress = edge.BreakGlass.Address };
        using var held = new HeldCapability(new HeldCapabilitySettings("radiology"), edge.Clock);
        await held.RenewAsync(breakGlass);
        DateTimeOffset first = held.Expires!.Value;

        edge.Clock.Move(TimeSpan.FromHours(3));
        await held.RenewAsync(breakGlass);
        held.Expires.ShouldBe(first);
        edge.Clock.Move(TimeSpan.FromHours(1.1));
        await held.RenewAsync(breakGlass);
        held.Expires!.Value.ShouldBeGreaterThan(first);
        DateTimeOffset second = held.Expires!.Value;
        await held.UseAsync(edge.Client, Wanted);
        edge.Clock.Move(TimeSpan.FromMinutes(1));
        await held.RenewAsync(breakGlass);
        held.Expires!.Value.ShouldBeGreaterThan(second);
        edge.Clock.Move(TimeSpan.FromHours(9));
        held.Expires.ShouldBeNull();
    }

    [Fact]
    public async Task Why_the_edge_refuses_is_answered()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        using var breakGlass = new HttpClient { BaseAddress = edge.BreakGlass.Address };
        using var held = new HeldCapability(new HeldCapabilitySettings("radiology"), edge.Clock);
        await held.RenewAsync(breakGlass);

        (_, CapabilityFault? fault) = await held.UseAsync(edge.Client, Wanted with { Practice = true });

        fault!.Code.ShouldBe("practice_patient_required");
        fault.Sentence.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("application/json", """{"message":"upstream"}""")]
    [InlineData("application/json", "<html>")]
    [InlineData("application/problem+json", """{"type":""")]
    [InlineData("text/html", "<html>")]
    public async Task What_a_gateway_answers_instead_has_a_code_and_a_sentence(string type, string text)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        using var breakGlass = new HttpClient { BaseAddress = edge.BreakGlass.Address };
        using var gateway = new HttpClient(new Gateway(type, text)) { BaseAddress = edge.BreakGlass.Address };
        using var held = new HeldCapability(new HeldCapabilitySettings("radiology"), edge.Clock);
        CapabilityFault renewal = (await held.RenewAsync(gateway))!;
        await held.RenewAsync(breakGlass);
        CapabilityFault use = (await held.UseAsync(gateway, Wanted)).Fault!;

        (renewal.Code, use.Code).ShouldBe(("answered_502", "answered_502"));
        (renewal.Sentence, use.Sentence).ShouldSatisfyAllConditions(
            said => said.Item1.ShouldContain("call the radiology desk"), said => said.Item2.ShouldBe(said.Item1));
    }

    [Fact]
    public async Task A_station_s_says_who_uses_it()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        using var breakGlass = new HttpClient { BaseAddress = edge.BreakGlass.Address };
        using var held = new HeldCapability(new HeldCapabilitySettings("radiology", Station: "er-1"), edge.Clock);
        await held.RenewAsync(breakGlass);

        (await held.UseAsync(edge.Client, Wanted)).Fault!.Code.ShouldBe("use_malformed");
        (await held.UseAsync(edge.Client, Wanted with { SaidToBe = "Dr. Bob" })).Images.ShouldNotBeNull();
    }

    private sealed class Gateway(string type, string text) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway)
            {
                Content = new StringContent(text, System.Text.Encoding.UTF8, type),
            });
    }
}
