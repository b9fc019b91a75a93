using System.Text.Json;
using AccessGov.Console.Pages.Health;

namespace AccessGov.Console.Tests;

public sealed class HealthInWordsTests
{
    [Theory]
    [InlineData("""{"overdue":"latest"}""", "nobody has looked at what is new")]
    [InlineData("""{"overdue":"whole"}""", "nobody has looked at the whole trail")]
    [InlineData("""{"found":"entry_changed"}""", "Change nothing, tell security")]
    [InlineData("""{"found":"entry_changed","overdue":"whole"}""", "Change nothing, tell security")]
    public void A_verification_is_told_of_by_what_it_found_or_missed(string data, string advice) =>
        Next(data).ShouldContain(advice);

    [Fact]
    public void A_verification_that_could_not_be_asked_is_not_said_to_have_found_nothing()
    {
        string next = Next("{}");

        next.ShouldContain("It cannot be asked now; what was found before still holds.");
        next.ShouldNotContain("Nothing is found to be wrong");
    }

    private static string Next(string data) => HealthInWords.NextOf("trail-verification",
        new ServiceHealth.Check("degraded", JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(data)!));
}
