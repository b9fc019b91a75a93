namespace AccessGov.IdentityFederation.Provisioning;

/// <summary>
/// Which operations of a bulk request wait for which, so that it ends as if one went after the other (RFC 7644, 3.7): those on one
/// resource, those that name a resource that another one changes, and those that give or give up the same name.
/// </summary>
internal static class ScimBulkOrder
{
    /// <param name="Operation">What is to be done.</param>
    /// <param name="After">The places of what has to be done before; all of it stands earlier in the order.</param>
    public sealed record Step(ScimBulkOperation Operation, IReadOnlyCollection<int> After);

    /// <param name="operations">The operations as they were sent.</param>
    /// <param name="keys">The names that a resource has, by its id, and as what a name is compared, by the name.</param>
    public static IReadOnlyList<Step> Of(IReadOnlyList<ScimBulkOperation> operations, ILookup<string, string> keys)
    {
        HashSet<string> resources = [.. operations.Select(operation => operation.Resource).OfType<string>()];

        // A resource may go through several names: whoever gives one of them waits for all that is done to it.
        ILookup<string, string> names = operations.Where(operation => operation.Resource is not null)
            .SelectMany(operation => operation.Names.SelectMany(name => keys[name]).Concat(keys[operation.Resource!])
                .Select(name => (Resource: operation.Resource!, Name: name)))
            .Distinct().ToLookup(one => one.Resource, one => one.Name, StringComparer.Ordinal);
        Touched[][] touched =
        [
            .. operations.Select(operation => operation.Parts.Append(operation.Resource).OfType<string>().Where(resources.Contains)
                .Select(resource => new Touched(IsName: false, resource))
                .Concat(names[operation.Resource ?? ""].Select(name => new Touched(IsName: true, name))).Distinct().ToArray()),
        ];
        return Steps(InOrder(Steps(operations, touched)), touched);
    }

    /// <summary>Each after those before it that touch the same.</summary>
    private static Step[] Steps(IReadOnlyList<ScimBulkOperation> order, Touched[][] touched)
    {
        var last = new Dictionary<Touched, int>();
        var steps = new Step[order.Count];
        for (int number = 0; number < steps.Length; number++)
        {
            var after = new HashSet<int>();
            foreach (Touched one in touched[order[number].Place])
            {
                if (last.TryGetValue(one, out int before))
                {
                    after.Add(before);
                }

                last[one] = order[number].Place;
            }

            steps[number] = new(order[number], after);
        }

        return steps;
    }

    /// <summary>As they were sent, but what others refer to comes before them; in a ring that cannot be.</summary>
    private static List<ScimBulkOperation> InOrder(Step[] sent)
    {
        ILookup<string, int> made = sent.Select(step => step.Operation)
            .Where(operation => operation is { Method: "POST", BulkId: not null })
            .ToLookup(operation => operation.BulkId!, operation => operation.Place, StringComparer.Ordinal);
        var order = new List<ScimBulkOperation>();
        var seen = new HashSet<int>();
        foreach (Step step in sent)
        {
            Add(step.Operation.Place);
        }

        return order;

        void Add(int place)
        {
            if (!seen.Add(place))
            {
                return;
            }

            foreach (int before in sent[place].After.Concat(sent[place].Operation.Refers.SelectMany(bulkId => made[bulkId])))
            {
                Add(before);
            }

            order.Add(sent[place].Operation);
        }
    }

    /// <summary>A resource, or what one is called.</summary>
    private readonly record struct Touched(bool IsName, string Text);
}
