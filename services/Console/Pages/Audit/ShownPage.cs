using AccessGov.Console.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Audit;

/// <summary>How pages with a form show what came of it: what is wrong with the form is told beside it.</summary>
internal static class ShownPage
{
    public static async Task<IActionResult> ShowAsync(this PageModel page, Refusal? refusal)
    {
        if (refusal is not null)
        {
            if (refusal.Status != StatusCodes.Status400BadRequest)
            {
                return await page.RefuseAsync(refusal);
            }

            page.Tell(refusal);
        }

        return page.Page();
    }
}
