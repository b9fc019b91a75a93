namespace AccessGov.Cedar;

/// <summary>A value of one of Cedar's extension types: ipaddr, decimal, datetime or duration.</summary>
public abstract class ExtensionValue : Value
{
    private protected ExtensionValue()
    {
    }

    /// <summary>The extension function that builds the type from a string.</summary>
    internal abstract string Constructor { get; }

    /// <summary>
    /// The argument with which <see cref="Constructor"/> gives this value back, or null where no string can: a datetime outside the
    /// years 0 to 9999.
    /// </summary>
    internal abstract string? ConstructorArgument { get; }

    internal virtual string AsExpression() => $"{Constructor}(\"{ConstructorArgument}\")";
}
