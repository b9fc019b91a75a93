using AccessGov.Audit.Export;
using AccessGov.Audit.Trail;
using AccessGov.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Audit.Tests.Export;

/// <summary>Who an event was about, for destinations that may know.</summary>
public sealed class IdentitiesTests
{
    [Fact]
    public async Task Whoever_read_a_patients_trail_is_told_with_the_patients_number()
    {
        await using AuditHost host = await AuditHost.StartAsync();
        await host.AddAsync(Records.View("p-1"));
        (await host.SeeAsync("/patients/p-1/timeline")).Status.ShouldBe(200);
        (await host.SeeAsync("/patients/p-8/timeline")).Status.ShouldBe(200);
        await Eventually.HoldsAsync(() => host.Leaves().Count >= 3, "the readings are in the trail");
        await Eventually.HoldsAsync(
            async () => await host.AskAsync<long>("select count(*) from trail.entry") >= 3, "and can be searched");

        TrailReader trail = host.Services.GetRequiredService<TrailReader>();
        OpenDetails open = host.Services.GetRequiredService<OpenDetails>();
        List<string?> numbers = [];
        for (long sequence = 0; sequence < 3; sequence++)
        {
            var entry = TrailEntry.Parse(trail.Leaf(sequence)!.Value);
            var exported = new ExportedEvent(entry, await open(entry));
            exported.PatientIsKnown.ShouldBeTrue();
            numbers.Add(exported.Patient);
        }

        numbers.ShouldBe(["p-1", "p-1", "p-8"]);
        await host.ExecuteAsync("update trail.data_key set wrapped = substr(wrapped, 2)");
        var reading = TrailEntry.Parse(trail.Leaf(1)!.Value);
        new ExportedEvent(reading, await open(reading)).Patient.ShouldBe(reading.PatientToken, "nothing can be opened any more");
    }
}
