namespace AccessGov.Audit.Retention;

/// <summary>Which keys a legal hold keeps, as SQL about <c>trail.data_key k</c> joined with <c>trail.subject s</c>.</summary>
internal static class HeldKeys
{
    /// <summary>
    /// A hold about a patient also keeps what is sealed about people who work here in the same class and year: the patient's entries have
    /// fields of both.
    /// </summary>
    public const string IsHeld =
        """
        exists (select 1 from trail.legal_hold h where h.lifted_at is null and (h.class is null or h.class = k.class)
            and (h.from_at is null or make_timestamptz(k.year + 1, 1, 1, 0, 0, 0, 'UTC') > h.from_at)
            and (h.to_at is null or make_timestamptz(k.year, 1, 1, 0, 0, 0, 'UTC') < h.to_at)
            and (h.lookup is null or h.lookup = k.lookup or (h.kind = 'patient' and s.kind <> 'patient'
                and exists (select 1 from trail.data_key p where p.lookup = h.lookup and p.class = k.class and p.year = k.year))))
        """;
}
