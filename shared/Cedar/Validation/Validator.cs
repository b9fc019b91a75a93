namespace AccessGov.Cedar;

/// <summary>
/// Checks policies against a schema by the strict rules of Cedar 4.10. Immutable and safe for any number of threads. A valid policy set
/// makes no type error in any request and with any data that match the schema.
/// </summary>
/// <remarks>
/// Every policy is checked in every environment (principal type, action, resource type) that its scope can match. A scope that matches
/// none is an error, as in Cedar up to 4.12; later versions only warn.
/// </remarks>
public sealed class Validator
{
    private readonly Schema schema;

    /// <summary>A validator for <paramref name="schema"/>.</summary>
    public Validator(Schema schema) => this.schema = schema ?? throw new ArgumentNullException(nameof(schema));

    /// <summary>Checks all policies. A template is checked with any entity in its slots, a link like the policy it stands for.</summary>
    /// <param name="policies">The policies, templates among them.</param>
    /// <param name="level">
    /// How many references a policy may follow one after the other (RFC 76), from 0: at level n a decision needs no entity that is
    /// farther than n references from the request. Null asks for no limit.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is negative.</exception>
    /// <exception cref="InsufficientExecutionStackException">The calling thread has less than about half a megabyte of stack left.</exception>
    public ValidationResult Validate(PolicySet policies, int? level = null)
    {
        ArgumentNullException.ThrowIfNull(policies);
        return Validate(policies.Policies, level);
    }

    /// <summary>Checks one policy, template or link, as <see cref="Validate(PolicySet, int?)"/> checks each of a set.</summary>
    /// <inheritdoc cref="Validate(PolicySet, int?)" path="/param[@name='level']"/>
    /// <inheritdoc cref="Validate(PolicySet, int?)" path="/exception"/>
    public ValidationResult Validate(Policy policy, int? level = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Validate([policy], level);
    }

    private ValidationResult Validate(IReadOnlyList<Policy> policies, int? level)
    {
        if (level is not null)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(level.Value, nameof(level));
        }

        var universe = new TypeUniverse(schema);
        var errors = new List<ValidationError>();
        var warnings = new List<ValidationWarning>();
        foreach (Policy policy in policies)
        {
            new PolicyCheck(universe, policy, new Findings(policy, errors, warnings), level).Run();
        }

        return new ValidationResult(errors, warnings);
    }
}
