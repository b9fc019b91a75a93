using System.Collections.Immutable;
using AccessGov.Cedar;

namespace AccessGov.PolicyDecision.Policies;

/// <summary>What the strict validator finds in policies: errors, with which no set is published, and warnings.</summary>
internal sealed record SchemaFindings(ImmutableArray<PolicyFault> Errors, ImmutableArray<PolicyFault> Warnings);

/// <summary>Compares the policies and actions of a set with a schema. Pure.</summary>
internal static class SchemaCheck
{
    public const string Malformed = "schema_malformed";
    public const string Invalid = "policy_invalid";

    /// <param name="parsed">Sound policies.</param>
    /// <param name="file">The schema, as text.</param>
    public static SchemaFindings Of(ParsedPolicies parsed, PolicyFile file)
    {
        Schema schema;
        try
        {
            schema = Schema.Parse(file.Text, file.Name);
        }
        catch (SchemaException broken)
        {
            return new SchemaFindings(
                [.. broken.Errors.Select(error => new PolicyFault(Malformed, file.Name, error.Line ?? 0, error.Column ?? 0, error.Message))], []);
        }

        // Obligation files grant nothing, yet one that errs counts as satisfied: so they are checked like the others.
        ValidationResult[] results = [.. new[] { parsed.Policies, parsed.Attaching }.Select(policies => new Validator(schema).Validate(policies))];
        IEnumerable<PolicyFault> actions = parsed.Actions.Entities.SelectMany(
            action => schema.Check(action).Select(error => new PolicyFault(Invalid, null, 0, 0, $"The action {action.Uid.Id}: {error.Message}")));
        IEnumerable<PolicyFault> foreign = parsed.Foreign.Entities.SelectMany(
            entity => schema.Check(entity).Select(error => new PolicyFault(Invalid, null, 0, 0, $"The entity {entity.Uid}: {error.Message}")));
        return new SchemaFindings(
            [.. results.SelectMany(result => result.Errors).Select(error => At(error.Position, $"policy {error.Policy.Id}: {error.Problem} {error.Suggestion}")), .. actions, .. foreign],
            [.. results.SelectMany(result => result.Warnings).Select(warning => At(warning.Position, $"policy {warning.Policy.Id}: {warning.Problem} {warning.Suggestion}"))]);
    }

    private static PolicyFault At(SourcePosition at, string sentence) => new(Invalid, at.File, at.Line, at.Column, sentence);
}
