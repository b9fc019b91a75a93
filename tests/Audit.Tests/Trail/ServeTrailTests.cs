using System.Diagnostics;
using System.Net;

namespace AccessGov.Audit.Tests.Trail;

/// <summary>The files of the trail for whoever mirrors them.</summary>
public sealed class ServeTrailTests
{
    [Fact]
    public async Task Tiles_and_bundles_are_served_as_they_are()
    {
        await using AuditHost host = await WithLeavesAsync();
        foreach (string file in new[] { "tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1" })
        {
            (await GetAsync(host, file)).ShouldBe(
                (HttpStatusCode.OK, Convert.ToHexString(await File.ReadAllBytesAsync(Path.Combine(host.TrailDirectory, file)))), file);
        }
    }

    [Theory]
    [InlineData("tile/entries/002")]
    [InlineData("tile/entries/001.p/43")]
    [InlineData("tile/entries/001.p/256")]
    [InlineData("tile/entries/x000/000")]
    public async Task What_is_not_there_or_has_another_name_is_unknown(string file)
    {
        await using AuditHost host = await WithLeavesAsync();
        (await host.SeeAsync($"/trail/{file}")).Code.ShouldBe("tile_unknown");
    }

    [Theory]
    [InlineData("tile/8/000")]
    [InlineData("tile/entries/1")]
    [InlineData("tile/entries/000.p/0")]
    [InlineData("tile/entries/x000/x000/x000/x000/x000/x000/000")]
    public async Task What_names_no_tile_is_refused(string file)
    {
        await using AuditHost host = await AuditHost.StartAsync();
        (await host.SeeAsync($"/trail/{file}")).Code.ShouldBe("tile_malformed");
    }

    [Fact]
    public async Task What_is_no_file_or_is_not_the_bundle_of_the_tree_is_not_served()
    {
        await using AuditHost host = await WithLeavesAsync();
        string bundle = Path.Combine(host.TrailDirectory, "tile/entries/000"), tile = Path.Combine(host.TrailDirectory, "tile/1/000.p/1");
        byte[] bytes = await File.ReadAllBytesAsync(bundle);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(bundle, bytes);
        (await host.SeeAsync("/trail/tile/entries/000")).Code.ShouldBe("trail_unavailable");
        (await GetAsync(host, "tile/entries/001.p/44")).Status.ShouldBe(HttpStatusCode.OK);

        File.Delete(tile);
        using (var made = Process.Start("mkfifo", [tile]))
        {
            await made.WaitForExitAsync();
        }

        (await host.SeeAsync("/trail/tile/1/000.p/1")).Code.ShouldBe("trail_unavailable");
    }

    private static async Task<AuditHost> WithLeavesAsync()
    {
        AuditHost host = await AuditHost.StartAsync();
        await host.AddAsync([.. Enumerable.Range(0, 300).Select(_ => Records.View())]);
        return host;
    }

    private static async Task<(HttpStatusCode Status, string Content)> GetAsync(AuditHost host, string file)
    {
        using HttpResponseMessage answer = await host.SendAsync(HttpMethod.Get, $"/trail/{file}");
        return (answer.StatusCode, Convert.ToHexString(await answer.Content.ReadAsByteArrayAsync()));
    }
}
