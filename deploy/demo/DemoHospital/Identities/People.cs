using System.Text.Json;
using AccessGov.DemoHospital.World;

namespace AccessGov.DemoHospital.Identities;

/// <summary>Makes people known to the identity service, puts them into groups, and gives them something to sign in with, by the pages that they would use.</summary>
internal static class People
{
    private const string Organisation = "hospital";

    /// <summary>Makes the cast known, with the groups that say who may administer what.</summary>
    public static async Task RunAsync(Configuration configuration, TextWriter output)
    {
        foreach (bool app in (bool[])[false, true])
        {
            await EnrolAsync(
                configuration, [.. Cast.People.Select(person => person.Id).Where(id => Groups.All.Any(group => group.Members.Contains(id)) == app)], app);
        }

        await GroupsAsync(configuration);
        await output.WriteLineAsync($"people     {Cast.People.Count} who can sign in, {Groups.All.Count} groups");
    }

    /// <summary>Makes people known who are not yet, and gives those something to sign in with who have nothing.</summary>
    public static async Task EnrolAsync(Configuration configuration, IReadOnlyList<string> people, bool app)
    {
        Dictionary<string, Credentials> known = Credentials.ReadAll(configuration);
        using AccessGovApi api = await AccessGovApi.ConnectAsync(configuration, configuration.IdentityUrl, Configuration.Administrator);
        foreach (string person in people.Where(person => !known.ContainsKey(person)))
        {
            CastMember? member = Cast.People.FirstOrDefault(one => one.Id == person);
            if (await api.FindAsync($"people/{person}") is null)
            {
                await api.PostAsync("people", new
                {
                    organisation = Organisation, id = person,
                    profile = new { userName = person, displayName = member?.Name, employment = member is null ? null : new { department = member.Department } },
                });
            }

            Credentials chosen = Credentials.New(person);
            JsonElement issued = await api.PostAsync($"people/{person}/enrolment", new { });
            using var browser = new Browser(configuration.IdentityUrl);
            string? key = await browser.EnrolAsync(new Uri(issued.GetProperty("link").GetString()!), chosen.Password, app);
            known[person] = chosen with { AuthenticatorKey = key };
            await Credentials.WriteAllAsync(configuration, known);

            // That every action is logged they acknowledge now, and not in the middle of something else.
            await browser.SignInAsync("sign-in", known[person]);
        }
    }

    private static async Task GroupsAsync(Configuration configuration)
    {
        using AccessGovApi scim = await AccessGovApi.ConnectAsync(configuration, configuration.IdentityUrl, Configuration.Provisioning);
        using AccessGovApi api = await AccessGovApi.ConnectAsync(configuration, configuration.IdentityUrl, Configuration.Administrator);
        foreach (Groups.Group group in Groups.All)
        {
            JsonElement? found = await scim.FindAsync($"scim/v2/Groups?filter={Uri.EscapeDataString($"displayName eq \"{group.Name}\"")}");
            JsonElement there = found?.GetProperty("totalResults").GetInt32() > 0
                ? found.Value.GetProperty("Resources")[0]
                : await scim.PostAsync("scim/v2/Groups", new { displayName = group.Name, members = group.Members.Select(value => new { value }) });
            await api.PutAsync($"groups/{there.GetProperty("id").GetString()}/scopes", new { scopes = group.Scopes });
        }
    }
}
