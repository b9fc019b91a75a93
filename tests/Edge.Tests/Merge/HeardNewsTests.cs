using AccessGov.Edge.Merge;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Edge.Tests.Merge;

public sealed class HeardNewsTests
{
    [Fact]
    public async Task What_could_not_be_kept_is_tried_again_and_stops_no_merge()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        string next = Path.Combine(edge.Folder, "revoked.json.new");
        Directory.CreateDirectory(next);
        edge.BreakGlass.Revoked.Add("taken-back");
        HeardNews news = edge.Services.GetRequiredService<HeardNews>();
        await Eventually.HoldsAsync(() => news.IsRevoked("taken-back") && news.Fault is not null, "it is known, and not kept");
        await edge.BeginAsync();
        await Eventually.HoldsAsync(() => edge.BreakGlass.Lines.Count == 2, "the journal is merged all the same");

        Directory.Delete(next);

        await Eventually.HoldsAsync(() => news.Fault is null, "it is kept");
        edge.BreakGlass.IsAway = true;
        await edge.AgainAsync();
        edge.Services.GetRequiredService<HeardNews>().IsRevoked("taken-back").ShouldBeTrue();
    }

    [Theory]
    [InlineData("keys.json", "{\"keys\":[{")]
    [InlineData("keys.json", "garbage")]
    [InlineData("revoked.json", "[null]")]
    [InlineData("revoked.json", "{}")]
    [InlineData("heard-at", "yesterday")]
    [InlineData("station.json", "{}")]
    [InlineData("merged", "?")]
    public async Task A_damaged_file_is_taken_for_none_and_heard_again(string name, string content)
    {
        await using EdgeHost edge = await EdgeHost.StartAsync(("Station:Name", "er-1"), ("Station:Networks:0", "10.1.0.0/16"));
        await edge.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(edge.Folder, name), content);

        await edge.RunAsync();

        await edge.BeginAsync();
        edge.Services.GetRequiredService<HeardNews>().Fault.ShouldBeNull();
    }

    [Fact]
    public async Task That_a_file_is_damaged_is_in_health_until_it_is_heard_again()
    {
        await using EdgeHost edge = await EdgeHost.StartAsync();
        await edge.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(edge.Folder, "revoked.json"), "[\"a");
        edge.BreakGlass.IsAway = true;

        await edge.RunAsync();

        using HttpResponseMessage health = await edge.Client.GetAsync("health/ready");
        (await health.Content.ReadAsStringAsync()).ShouldContain("is damaged");
        edge.BreakGlass.IsAway = false;
        await Eventually.HoldsAsync(() => edge.Services.GetRequiredService<HeardNews>().Fault is null, "it is heard again");
    }
}
