namespace AccessGov.Console.Pages.People;

/// <summary>A form that commands something about a person and asks why.</summary>
/// <param name="Address">The person's page.</param>
/// <param name="Handler">Which command.</param>
/// <param name="Button">What it is called.</param>
/// <param name="Version">The version of the person that is seen; null where it does not matter.</param>
/// <param name="Kept">The reason that was given when it was refused.</param>
/// <param name="KeepsOut">Whether it takes something away.</param>
internal sealed record Reasoned(string Address, string Handler, string Button, string? Version, string? Kept, bool KeepsOut);
