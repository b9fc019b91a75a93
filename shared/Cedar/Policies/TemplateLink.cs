namespace AccessGov.Cedar;

/// <summary>
/// What makes a policy of a template: the id of the template, the id of the new policy, and the entity for each slot the template
/// has, <c>null</c> for one it has not.
/// </summary>
public sealed record TemplateLink(string TemplateId, string NewId, EntityUid? Principal = null, EntityUid? Resource = null);

/// <summary>Why a link cannot be made.</summary>
public enum LinkErrorKind
{
    /// <summary>The set holds no policy with the id of the template.</summary>
    UnknownTemplate,

    /// <summary>The id of the template is the id of a policy without slots.</summary>
    NotATemplate,

    /// <summary>A slot of the template got no entity.</summary>
    MissingValue,

    /// <summary>An entity was given for a slot that the template has not.</summary>
    ExtraValue,

    /// <summary>A policy, a template or another link has the new id already.</summary>
    IdInUse,
}

/// <summary>A link that cannot be made, and why.</summary>
public sealed record LinkError(LinkErrorKind Kind, TemplateLink Link, string Message);

/// <summary>Some link cannot be made. None was.</summary>
public sealed class TemplateLinkException(IReadOnlyList<LinkError> errors)
    : Exception(string.Join(Environment.NewLine, errors.Select(error => Excerpt.Of(error.Message))))
{
    /// <summary>At least one error, in the order of the links; at most one per link.</summary>
    public IReadOnlyList<LinkError> Errors { get; } = errors;
}
