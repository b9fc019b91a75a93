using System.Text.Json.Nodes;
using AccessGov.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AccessGov.Console.Tests;

[Collection(ConsoleTests.Name)]
public sealed class AccessRequestPagesTests(RunningConsole console)
{
    [Fact]
    public async Task From_the_denial_over_the_form_and_the_approval_to_the_permit()
    {
        string form = await DeniedAsync("walter");
        IPage walter = await console.OpenAsync(form, "walter");
        await walter.ShouldBeAsync("Ask for access");
        await Expect(walter.Locator("main")).ToContainTextAsync(Hospital.OpenStudy);
        await Expect(walter.Locator("main")).ToContainTextAsync("guest-reader");
        await walter.ShouldBeSoundAsync();
        await walter.GetByLabel("For how many hours").FillAsync("2");
        await walter.GetByLabel("Why you need it").FillAsync("Second opinion for the ward");
        await walter.PressAsync("Send the request");
        await walter.ShouldBeAsync("Your request is sent");
        await walter.ShouldBeSoundAsync();
        await ListedAsync("walter");

        IPage ada = await console.OpenAsync("/access-requests", "ada");
        ILocator request = ada.GetByRole(AriaRole.Article, new() { Name = "walter asks for guest-reader" });
        await Expect(request).ToContainTextAsync("Second opinion for the ward");
        await ada.ShouldBeSoundAsync();
        await request.GetByLabel("Comment").FillAsync("He treats her");
        await request.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();

        await ada.ShouldTellAsync("The request is approved");
        (await Hospital.DecideAsync(console.Service, "walter", "study.view", Hospital.OpenStudy))["decision"]!.GetValue<bool>().ShouldBeTrue();
        await Eventually.HoldsAsync(async () => (await StatusOfAsync("walter")) == "approved", "the list knows that it is approved");
        await ada.GotoAsync("/access-requests?status=approved");
        await Expect(request).ToContainTextAsync("by ada");
        await Expect(request.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await ada.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_request_is_denied_with_a_comment_by_somebody_else_who_has_the_role()
    {
        IPage wilma = await console.OpenAsync(await DeniedAsync("wilma"), "wilma");
        await wilma.GetByLabel("For how many hours").FillAsync("4");
        await wilma.GetByLabel("Why you need it").FillAsync("Curious");
        await wilma.PressAsync("Send the request");
        await ListedAsync("wilma");

        await wilma.GotoAsync("/access-requests?whose=all");
        ILocator own = wilma.GetByRole(AriaRole.Article, new() { Name = "wilma asks for guest-reader" });
        await own.GetByLabel("Comment").FillAsync("I know her");
        await own.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await wilma.ShouldRefuseAsync("self_approval");
        (await own.GetByLabel("Comment").InputValueAsync()).ShouldBe("I know her");

        IPage bill = await console.OpenAsync("/access-requests?whose=all", "bill");
        ILocator seen = bill.GetByRole(AriaRole.Article, new() { Name = "wilma asks for guest-reader" });
        await seen.GetByLabel("Comment").FillAsync("Why not");
        await seen.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await bill.ShouldRefuseAsync("approver_role_missing");
        await bill.ShouldBeSoundAsync();

        IPage ben = await console.OpenAsync("/access-requests", "ben");
        ILocator request = ben.GetByRole(AriaRole.Article, new() { Name = "wilma asks for guest-reader" });
        await request.GetByLabel("Comment").FillAsync("No relation to the patient");
        await request.GetByRole(AriaRole.Button, new() { Name = "Deny" }).ClickAsync();
        await ben.ShouldTellAsync("The request is denied.");
    }

    [Fact]
    public async Task Somebody_elses_denial_is_no_form_and_bad_wishes_stay_on_it()
    {
        string form = await DeniedAsync("werner");
        IPage ada = await console.OpenAsync(form, "ada");
        await ada.ShouldBeAsync("Not found");
        await ada.ShouldRefuseAsync("decision_unknown");
        await ada.ShouldBeSoundAsync();

        IPage werner = await console.OpenAsync(form, "werner", scripts: false);
        await werner.GetByLabel("For how many hours").EvaluateAsync("input => input.removeAttribute('max')");
        await werner.GetByLabel("For how many hours").FillAsync("99");
        await werner.GetByLabel("Why you need it").FillAsync("For long");
        await werner.PressAsync("Send the request");
        await werner.ShouldRefuseAsync("hours_malformed");
        (await werner.GetByLabel("Why you need it").InputValueAsync()).ShouldBe("For long");
    }

    private async Task<string> DeniedAsync(string person)
    {
        JsonNode denial = await Hospital.DecideAsync(console.Service, person, "study.view", Hospital.OpenStudy);
        denial["decision"]!.GetValue<bool>().ShouldBeFalse();
        string form = denial["context"]!["access_request"]!["form_url"]!.GetValue<string>();
        form.ShouldStartWith(console.Address.AbsoluteUri);
        return form;
    }

    private Task ListedAsync(string person) => Eventually.HoldsAsync(async () => await StatusOfAsync(person) == "pending", $"the request of {person} is listed");

    private async Task<string?> StatusOfAsync(string person) =>
        (await console.Service.SendAsync(HttpMethod.Get, "access-requests"))!["accessRequests"]!.AsArray()
            .SingleOrDefault(request => request!["subjectId"]!.GetValue<string>() == person)?["status"]!.GetValue<string>();
}
