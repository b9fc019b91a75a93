namespace AccessGov.Cedar;

/// <summary>Makes policies of templates. A linked policy is the template with entities where the slots were; all else it shares.</summary>
internal static class Linking
{
    /// <summary>The linked policy, or <c>null</c> and why not. Whether the new id is free is for the caller to know.</summary>
    public static Policy? Link(Policy? template, TemplateLink link, out LinkError? error)
    {
        error = Check(template, link);
        return error is null ? new Policy(link, template!, Fill(template!.Tree, link)) : null;
    }

    public static LinkError IdInUse(TemplateLink link) =>
        new(LinkErrorKind.IdInUse, link, $"The id `{link.NewId}` is in use; a link of `{link.TemplateId}` needs an id of its own.");

    private static LinkError? Check(Policy? template, TemplateLink link) =>
        template is null ? new LinkError(LinkErrorKind.UnknownTemplate, link, $"There is no template `{link.TemplateId}`.")
        : !template.IsTemplate ? new LinkError(LinkErrorKind.NotATemplate, link, $"The policy `{link.TemplateId}` has no slots, so it cannot be linked.")
        : Check(link, "?principal", template.Tree.Principal.HasSlot, link.Principal)
            ?? Check(link, "?resource", template.Tree.Resource.HasSlot, link.Resource);

    private static LinkError? Check(TemplateLink link, string slot, bool hasSlot, EntityUid? value) => (hasSlot, value) switch
    {
        (true, null) => new LinkError(
            LinkErrorKind.MissingValue, link, $"The link `{link.NewId}` gives no entity for the slot {slot} of `{link.TemplateId}`."),
        (false, not null) => new LinkError(
            LinkErrorKind.ExtraValue, link, $"The link `{link.NewId}` gives an entity for {slot}, a slot that `{link.TemplateId}` has not."),
        _ => null,
    };

    private static PolicyTree Fill(PolicyTree template, TemplateLink link) => template with
    {
        Principal = Fill(template.Principal, link.Principal),
        Resource = Fill(template.Resource, link.Resource),
    };

    private static EntityScope Fill(EntityScope scope, EntityUid? value) =>
        scope.HasSlot ? scope with { Entity = value, HasSlot = false } : scope;
}
