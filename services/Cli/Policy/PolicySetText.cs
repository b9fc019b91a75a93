using System.Text;
using System.Text.Json;

namespace AccessGov.Cli;

/// <summary>
/// A policy set as a text that gives every policy the id which it has in the set. In a text that is its <c>@id</c>, so where the
/// annotation says something else, or nothing and counting would not give the id, the annotation becomes the id.
/// </summary>
internal static class PolicySetText
{
    private const string Id = "id";

    /// <exception cref="InputException">A policy has an id that no text can give it.</exception>
    public static string Write(PolicySet set) => string.Join('\n', set.Policies.Select(Identified));

    /// <summary>One policy, with what would hide or turn the text around it spelled as an escape: it stands in strings alone.</summary>
    public static string Write(Policy policy) => Laid(PolicyFormatter.Print(policy));

    private static string Identified(Policy policy, int index)
    {
        string? annotated = policy.Annotations.GetValueOrDefault(Id);
        var comments = new StringBuilder();
        if (policy.Link is { } link)
        {
            comments.Append($"// Linked from the template {OneLine(link.TemplateId)}.\n");
        }

        if (policy.Id == (annotated is { Length: > 0 } ? annotated : $"policy{index}"))
        {
            return comments + Write(policy);
        }

        if (policy.Id.Length == 0)
        {
            throw new InputException("A policy has the id \"\", which no text can give it; give it another one, by its key or its `newId`.");
        }

        if (annotated is { Length: > 0 })
        {
            comments.Append($"// The annotation @id was {OneLine(annotated)}.\n");
        }

        return comments + Laid(Annotated(PolicyFormatter.Print(policy), policy.Id, annotated is not null));
    }

    // A printed policy starts with its annotations, each on a line of its own.
    private static string Annotated(string printed, string id, bool isAnnotated)
    {
        string annotation = $"@{Id}({CedarString.Quote(id)})\n";
        if (!isAnnotated)
        {
            return annotation + printed;
        }

        int start = 0;
        while (!(printed.AsSpan(start) is var rest && (rest.StartsWith($"@{Id}(") || rest.StartsWith($"@{Id}\n"))))
        {
            start = printed.IndexOf('\n', start) + 1;
        }

        return printed[..start] + annotation + printed[(printed.IndexOf('\n', start) + 1)..];
    }

    private static string Laid(string printed)
    {
        string spelled = Printable.Lines(printed);
        return spelled == printed ? printed + "\n" : PolicyFormatter.Format(spelled);
    }

    // What stands in a comment must not end it.
    private static string OneLine(string text) => JsonSerializer.Serialize(text);
}
