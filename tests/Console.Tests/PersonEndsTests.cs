using AccessGov.Testing;
using Microsoft.Playwright;
using Npgsql;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

/// <summary>Whoever was away too long is let in again, and whoever is gone for good goes.</summary>
[Collection(ConsoleTests.Name)]
public sealed class PersonEndsTests(RunningConsole console)
{
    [Fact]
    public async Task Whoever_is_locked_is_unlocked_with_a_reason_by_keyboard()
    {
        await PersonAsync("away");
        await LockAsync("away");
        IPage page = await console.OpenAsync("/people/away", "ada");
        await Expect(State(page)).ToHaveTextAsync("locked");
        await Expect(History(page)).ToContainTextAsync("locked: not signed in for too long");
        await page.ShouldBeSoundAsync();

        // Browsers send nothing without a reason, and blanks are none for the service.
        await page.GetByLabel("Why: Unlock").FocusAsync();
        await page.Keyboard.TypeAsync(" ");
        await page.Keyboard.PressAsync("Enter");
        await page.ShouldRefuseAsync("reason_required");
        await page.GetByLabel("Why: Unlock").FocusAsync();
        await page.Keyboard.TypeAsync("Back from leave");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Unlock", Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        await page.ShouldTellAsync("The person may sign in again.");
        await Expect(State(page)).ToHaveTextAsync("active");
        await Expect(History(page)).ToContainTextAsync("Back from leave");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Unlock" })).ToHaveCountAsync(0);
        await page.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Whoever_is_gone_for_good_is_deprovisioned_with_a_reason_after_one_more_question()
    {
        await PersonAsync("goner");
        IPage page = await console.OpenAsync("/people/goner", "ada");
        IPage late = await console.OpenAsync("/people/goner", "ben", scripts: false);
        await page.GetByLabel("Why: Deprovision").FillAsync("Retired");
        await page.PressAsync("Deprovision");
        await page.ShouldBeAsync("Deprovision goner for good?");
        await page.ShouldBeSoundAsync();
        await page.FollowAsync("No, go back");
        await Expect(State(page)).ToHaveTextAsync("active");

        await page.GetByLabel("Why: Deprovision").FillAsync("Retired");
        await page.PressAsync("Deprovision");
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, deprovision for good" }).PressAsync("Enter");

        await page.ShouldTellAsync("The person is gone for good.");
        await Expect(State(page)).ToHaveTextAsync("deprovisioned");
        await Expect(History(page)).ToContainTextAsync("Retired");
        await Expect(page.Locator("main").GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        (await page.ContentAsync()).ShouldNotContain("Gustav Goner");
        await page.ShouldBeSoundAsync();

        // Whoever has the page from before still open is told so.
        await late.GetByLabel("Why: Suspend").FillAsync("An alert");
        await late.PressAsync("Suspend");
        await late.ShouldRefuseAsync("stale");
        await Expect(State(late)).ToHaveTextAsync("deprovisioned");
    }

    private static ILocator State(IPage page) => page.Locator(".facts .mark").First;

    private static ILocator History(IPage page) => page.Locator("section[aria-labelledby=history]");

    private Task PersonAsync(string id) => console.Service.SendAsync(
        HttpMethod.Post, new Uri(console.Service.IdentityFederation, "people").AbsoluteUri,
        new { organisation = "hospital", id, profile = new { userName = id, displayName = "Gustav Goner" } });

    /// <summary>As if the person had not signed in for 90 days: the service locks by the clock, and nobody commands it.</summary>
    private async Task LockAsync(string id)
    {
        await using var connection = new NpgsqlConnection(console.Service.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            with stream as (
                update identity_federation.mt_streams set version = version + 1 where id = 'person-' || @id returning id, version),
                directory as (update identity_federation.person_directory set locked = true where id = @id)
            insert into identity_federation.mt_events (seq_id, id, stream_id, version, data, type)
            select nextval('identity_federation.mt_events_sequence'), gen_random_uuid(), id, version,
                '{"Reason": "dormant", "ActiveAt": "2026-01-01T00:00:00+00:00"}', 'person_locked' from stream
            """, connection);
        command.Parameters.AddWithValue("id", id);
        (await command.ExecuteNonQueryAsync()).ShouldBe(1);
    }
}
