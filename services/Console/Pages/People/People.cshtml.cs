using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.People;

/// <summary>Finds people.</summary>
internal sealed class PeopleModel(KnownPeople people) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Organisation { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    /// <summary>Null when what was looked for cannot be.</summary>
    public KnownPeople.PeoplePage? Found { get; private set; }

    public IReadOnlyList<KnownPeople.Organisation> Organisations { get; private set; } = [];

    /// <summary>Where the page after this one is.</summary>
    public string NextLink => "/people" + Query.Of(("search", Search), ("organisation", Organisation), ("after", Found?.Next));

    public string NameOf(string organisation) => Organisations.FirstOrDefault(one => one.Id == organisation)?.Name ?? organisation;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        Answer<KnownPeople.OrganisationPage> organisations = await people.OrganisationsAsync(cancellation);
        if (!organisations.Given)
        {
            return await this.RefuseAsync(organisations.Refusal);
        }

        Organisations = organisations.Value.Organisations;
        Answer<KnownPeople.PeoplePage> found = await people.FindAsync(Search, Organisation, After, cancellation);
        if (found.Given)
        {
            Found = found.Value;
            return Page();
        }

        // What is wrong with the search is told beside its form.
        if (found.Refusal.Status == StatusCodes.Status400BadRequest)
        {
            this.Tell(found.Refusal);
            return Page();
        }

        return await this.RefuseAsync(found.Refusal);
    }
}
