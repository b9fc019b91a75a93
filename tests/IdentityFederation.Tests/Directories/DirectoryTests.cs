using System.Text.Json.Nodes;
using AccessGov.Contracts.IdentityFederation.V1;
using AccessGov.IdentityFederation.Directories;
using AccessGov.IdentityFederation.People;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.IdentityFederation.Tests.Directories;

/// <summary>The service with a made-up directory: what it does when the directory says strange things.</summary>
public sealed class DirectoryTests
{
    private readonly FakeDirectory directory = new();

    [Fact]
    public async Task Too_many_who_vanish_are_deactivated_when_somebody_allows_it_and_only_once()
    {
        Enumerable.Range(0, 30).ToList().ForEach(number => directory.Put(FakeDirectory.User($"user{number}")));
        directory.Groups["staff"] = FakeDirectory.Group("staff", "user1");
        await using IdentityFederationHost host = await StartAsync();
        await DirectoryHost.ListenAsync(host);
        await DirectoryHost.RunAsync(host);
        string[] ids = [.. await Task.WhenAll(Enumerable.Range(0, 30).Select(async number => (await PersonAsync(host, $"user{number}")).Id))];

        Enumerable.Range(0, 10).ToList().ForEach(number => directory.Users.TryRemove($"CN=user{number},DC=x", out _));
        directory.Groups.Clear();
        await DirectoryHost.RunAsync(host, full: true);
        JsonNode status = await DirectoryHost.StatusAsync(host);
        (status["health"]!.GetValue<string>(), status["held"]!.GetValue<int>(), status["lastRun"]!["deactivated"]!.GetValue<int>()).ShouldBe(("deactivations_held", 10, 0));
        (await ActiveAsync(host)).ShouldBe(30);
        (await host.Client.GetStringAsync("/health/ready")).ShouldContain("\"directories\":{\"status\":\"degraded\"");

        // What changes goes on meanwhile, and the state stays.
        directory.Put(FakeDirectory.User("late") with { WhenChanged = Spec.Now.AddMinutes(1) });
        await DirectoryHost.RunAsync(host);
        (await PersonAsync(host, "late")).Active.ShouldBeTrue();
        (await DirectoryHost.StatusAsync(host))["health"]!.GetValue<string>().ShouldBe("deactivations_held");

        await DirectoryHost.RunAsync(host, allowDeactivations: true);
        status = await DirectoryHost.StatusAsync(host);
        (status["health"]!.GetValue<string>(), status["lastRun"]!["deactivated"]!.GetValue<int>()).ShouldBe(("healthy", 10));
        (await ActiveAsync(host)).ShouldBe(21);
        await Eventually.HoldsAsync(async () => (await DirectoryHost.HeardAsync(host, ids[3])).Contains(UserDeprovisioned.MessageName), "others hear of it");
        (await host.GetAsync("/people/" + ids[3]))["active"]!.GetValue<bool>().ShouldBeFalse();

        directory.Users.Clear();
        await DirectoryHost.RunAsync(host, full: true);
        (await DirectoryHost.StatusAsync(host))["held"]!.GetValue<int>().ShouldBe(21, "it was allowed once");
    }

    [Fact]
    public async Task A_user_name_of_another_organisation_is_refused_for_that_entry_and_nobody_has_them_as_manager()
    {
        await using IdentityFederationHost host = await StartAsync(("Interval", "00:00:05"));
        string elsewhere = await host.PersonAsync("ADA", "elsewhere");
        directory.Put(FakeDirectory.User("ada"));
        directory.Put(FakeDirectory.User("bob", ("manager", "CN=ada,DC=x")));
        directory.Put(FakeDirectory.User("", ("sn", "x")));
        directory.Groups["team"] = FakeDirectory.Group("team", "ada", "bob", "a printer");

        await DirectoryHost.RunAsync(host, full: true);

        JsonNode run = (await DirectoryHost.StatusAsync(host))["lastRun"]!;
        (run["refused"]!["user_name_taken"]!.GetValue<int>(), run["refused"]!["user_name_malformed"]!.GetValue<int>()).ShouldBe((1, 1));
        run["refusedEntries"]!.AsArray().Select(entry => entry!["externalId"]!.GetValue<string>()).ShouldContain(directory.Users["CN=ada,DC=x"].ExternalId);
        (await PersonAsync(host, "bob")).Profile.Employment.ShouldBeNull();
        (await PersonAsync(host, "ada")).Id.ShouldBe(elsewhere);
        (await DirectoryHost.StatusAsync(host))["health"]!.GetValue<string>().ShouldBe("healthy");
    }

    [Fact]
    public async Task An_answer_that_fails_deactivates_nobody_and_a_suspension_stays()
    {
        directory.Put(FakeDirectory.User("ada"));
        directory.Put(FakeDirectory.User("bob"));
        await using IdentityFederationHost host = await StartAsync();
        await DirectoryHost.RunAsync(host, full: true);
        string ada = (await PersonAsync(host, "ada")).Id;
        using (HttpResponseMessage suspended = await host.PostAsync($"/people/{ada}/suspend", new { reason = "alert" }))
        {
            suspended.IsSuccessStatusCode.ShouldBeTrue();
        }

        directory.Users.TryRemove("CN=bob,DC=x", out _);
        directory.Failure = new DirectoryUnavailableException("directory_read_failed", "It broke.");
        await DirectoryHost.RunAsync(host, full: true);
        JsonNode status = await DirectoryHost.StatusAsync(host);
        (status["health"]!.GetValue<string>(), status["detail"]!.GetValue<string>()).ShouldBe(("directory_read_failed", "It broke."));
        (await PersonAsync(host, "bob")).Active.ShouldBeTrue();

        directory.Failure = null;
        await DirectoryHost.RunAsync(host, full: true);
        (await PersonAsync(host, "bob")).Active.ShouldBeFalse();
        PersonDirectory.Entry person = await PersonAsync(host, "ada");
        (person.Active, person.Suspended).ShouldBe((true, true));
    }

    [Fact]
    public async Task What_changed_is_asked_for_with_an_overlap_and_an_account_expires_by_time_alone()
    {
        var clock = new MovedClock();
        DateTimeOffset changed = clock.GetUtcNow().AddDays(-1);
        directory.Put(FakeDirectory.User("ada", ("accountExpires", $"{clock.GetUtcNow().AddHours(1).ToFileTime()}")) with { WhenChanged = changed });
        await using IdentityFederationHost host = await StartAsync(clock, ("FullEvery", "7.00:00:00"));
        await DirectoryHost.RunAsync(host, full: true);
        (await PersonAsync(host, "ada")).Active.ShouldBeTrue();

        directory.Queries.Clear();
        clock.Advance(TimeSpan.FromHours(2));
        await DirectoryHost.RunAsync(host);

        // The database counts microseconds.
        directory.Queries.First().ChangedSince!.Value.ShouldBe(changed.AddMinutes(-5), TimeSpan.FromMilliseconds(1), "seconds count, and servers hear of others' changes late");
        (await PersonAsync(host, "ada")).Active.ShouldBeFalse();
        (await DirectoryHost.StatusAsync(host))["lastRun"]!["full"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task Replicas_take_turns_and_a_restart_goes_on_where_it_was()
    {
        Enumerable.Range(0, 20).ToList().ForEach(number => directory.Put(FakeDirectory.User($"user{number}")));
        await using IdentityFederationHost host = await StartAsync();
        await using IdentityFederationHost replica = await host.BesideAsync();
        await DirectoryHost.RunAsync(host, full: true);
        long runs = (await DirectoryHost.StatusAsync(replica))["runs"]!.GetValue<long>();
        int queries = directory.Queries.Count;

        await DirectoryHost.RunAsync(replica);

        JsonNode status = await DirectoryHost.StatusAsync(host);
        (status["runs"]!.GetValue<long>(), status["lastRun"]!["full"]!.GetValue<bool>()).ShouldBe((runs + 1, false));
        directory.Queries.Count.ShouldBe(queries + 2, "one of them read, people and groups once");
        (await ActiveAsync(host)).ShouldBe(20);
    }

    [Fact]
    public async Task Whoever_asks_has_the_scope_and_names_a_directory()
    {
        await using IdentityFederationHost host = await StartAsync();
        await Refusal.ShouldBeAsync(
            await host.SendAsync(HttpMethod.Post, "/directories/other/synchronise", "{}", host.TokenOf("grace", "directories.manage")), 404, "directory_unknown");
        ((int)(await host.SendAsync(HttpMethod.Post, "/directories/ad/synchronise", "{}", host.TokenOf("grace", "directories.read"))).StatusCode).ShouldBe(403);
        ((int)(await host.SendAsync(HttpMethod.Get, "/directories", token: host.TokenOf("grace", "directories.manage"))).StatusCode).ShouldBe(403);
        ((int)(await host.SendAsync(HttpMethod.Post, "/directories/ad/synchronise", """{"what":1}""", host.TokenOf("grace", "directories.manage"))).StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task A_service_with_wrong_settings_does_not_start() =>
        (await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(("CaFile", "/nowhere.pem"))))
            .Message.ShouldContain("Setting IdentityFederation:Directories:ad:CaFile: /nowhere.pem cannot be used");

    private Task<IdentityFederationHost> StartAsync(params (string Name, string? Value)[] settings) => DirectoryHost.StartAsync(FakeDirectory.Settings(settings), directory);

    private Task<IdentityFederationHost> StartAsync(TimeProvider clock, params (string Name, string? Value)[] settings) =>
        DirectoryHost.StartAsync(FakeDirectory.Settings(settings), directory, clock);

    private static async Task<PersonDirectory.Entry> PersonAsync(IdentityFederationHost host, string userName) =>
        (await host.Services.GetRequiredService<PersonDirectory>().FindByUserNameAsync(userName, default)).ShouldNotBeNull(userName);

    private static async Task<int> ActiveAsync(IdentityFederationHost host) =>
        (await host.Services.GetRequiredService<PersonDirectory>().ReadAsync("hospital", null, Paging.Of(1000, null)!, default)).Count(person => person.Active);
}
