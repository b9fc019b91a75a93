using AccessGov.Console.Services;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AccessGov.Console.Pages.Roles;

/// <summary>Defines a role for the first time or anew, and takes it out of use.</summary>
internal sealed class DefineModel(RoleDefinitions roles) : PageModel
{
    /// <summary>The role that is there already; null for a new one.</summary>
    public RoleDefinitions.Role? Role { get; private set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Description { get; set; }

    [BindProperty]
    public string? Permissions { get; set; }

    [BindProperty]
    public bool ReadOnly { get; set; }

    [BindProperty]
    public int? GrantDaysMax { get; set; }

    [BindProperty]
    public int? RequestHoursMax { get; set; }

    [BindProperty]
    public string? RequestApprover { get; set; }

    [BindProperty]
    public int? EmergencyHoursMax { get; set; }

    [BindProperty]
    public string? EmergencyInvokers { get; set; }

    [BindProperty]
    public string? Version { get; set; }

    public async Task<IActionResult> OnGetAsync(string? id, CancellationToken cancellation)
    {
        if (await FindAsync(id, cancellation) is { } answer)
        {
            return answer;
        }

        if (Role is { } role)
        {
            (Description, Permissions, ReadOnly) = (role.Description, string.Join('\n', role.Permissions), role.ReadOnly);
            (GrantDaysMax, RequestHoursMax, RequestApprover, Version) = (role.GrantDaysMax, role.RequestHoursMax, role.RequestApprover, $"\"{role.Version}\"");
            (EmergencyHoursMax, EmergencyInvokers) = (role.EmergencyHoursMax, string.Join('\n', role.EmergencyInvokers ?? []));
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? id, CancellationToken cancellation)
    {
        string[] invokers = Names(EmergencyInvokers);
        RoleDefinitions.RequestRule? request = RequestHoursMax is null && string.IsNullOrWhiteSpace(RequestApprover)
            ? null
            : new RoleDefinitions.RequestRule(RequestHoursMax ?? 0, RequestApprover?.Trim() ?? "");
        RoleDefinitions.EmergencyRule? emergency = EmergencyHoursMax is null && invokers.Length == 0 ? null : new RoleDefinitions.EmergencyRule(EmergencyHoursMax ?? 0, invokers);
        var definition = new RoleDefinitions.Definition(Description ?? "", Names(Permissions), ReadOnly, GrantDaysMax, request, emergency);

        // A new role has no version; "0" keeps the form from changing one that is there already.
        string name = id ?? Name?.Trim() ?? "";
        Answer<Done> done = await roles.DefineAsync(name, definition, id is null ? "\"0\"" : Version, cancellation);
        return await AfterAsync(done, id, $"The role {name} is defined.", cancellation);
    }

    public async Task<IActionResult> OnPostRetireAsync(string id, CancellationToken cancellation) =>
        await AfterAsync(await roles.RetireAsync(id, cancellation), id, $"The role {id} is retired.", cancellation);

    private static string[] Names(string? text) =>
        (text ?? "").Split([' ', ',', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task<IActionResult> AfterAsync(Answer<Done> done, string? id, string notice, CancellationToken cancellation)
    {
        if (done.Given)
        {
            TempData["Notice"] = notice;
            return Redirect("/roles");
        }

        this.Tell(done.Refusal);
        return await FindAsync(id, cancellation) ?? Page();
    }

    /// <summary>Finds the role; answers what is shown where it cannot be.</summary>
    private async Task<IActionResult?> FindAsync(string? id, CancellationToken cancellation)
    {
        if (id is null)
        {
            return null;
        }

        Answer<RoleDefinitions.RolePage> found = await roles.ListAsync(null, cancellation);
        Role = found.Value?.Roles.FirstOrDefault(role => role.Id == id);
        return found.Given ? Role is null ? NotFound() : null : await this.RefuseAsync(found.Refusal);
    }
}
