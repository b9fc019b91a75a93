namespace AccessGov.Cedar;

/// <summary>Where an entity or a request is not what the schema says, and what would be right.</summary>
/// <param name="Entity">The entity whose data it is; null for a request.</param>
/// <param name="Path">
/// <c>attrs.address.street</c>, <c>tags["k"]</c>, <c>parents</c>, <c>uid</c>, <c>context.now</c>, <c>principal</c>; <c>[]</c> stands for a
/// member of a set, which has no order.
/// </param>
/// <param name="Message">A sentence for the person who sent the data.</param>
public sealed record ConformanceError(EntityUid? Entity, string Path, string Message)
{
    /// <summary><c>User::"alice" attrs.age: message</c>.</summary>
    public override string ToString() => Entity is null ? $"{Path}: {Message}" : $"{Excerpt.Of(Entity.ToString())} {Path}: {Message}";
}

/// <summary>Entities or a context that are not what the schema says.</summary>
public sealed class ConformanceException(IReadOnlyList<ConformanceError> errors)
    : Exception(string.Join(Environment.NewLine, errors.Select(error => error.ToString())))
{
    /// <summary>How many errors are reported at most.</summary>
    public const int ErrorsMax = 100;

    /// <summary>At least one error and at most <see cref="ErrorsMax"/>.</summary>
    public IReadOnlyList<ConformanceError> Errors { get; } = errors;
}
