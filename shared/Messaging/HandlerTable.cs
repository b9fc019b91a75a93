using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace AccessGov.Messaging;

/// <summary>Which compiled handler a message of a name goes to. Complete and checked before the first message is taken.</summary>
internal sealed class HandlerTable
{
    private readonly Dictionary<string, HandlerInvocation> handlers = new(StringComparer.Ordinal);

    public HandlerTable(MessagingOptions options, MessageCatalog catalog, IServiceProviderIsService services)
    {
        foreach ((Type type, bool overtakes) in options.HandlerTypes)
        {
            MethodInfo[] methods = [.. type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(method => method.Name is "Handle" or "HandleAsync")];
            if (methods.Length == 0)
            {
                throw new InvalidOperationException($"{type} has no static method Handle.");
            }

            foreach (MethodInfo method in methods)
            {
                Add(method, overtakes, catalog, services, mayReturn: options.HandlerDataSource is null);
            }
        }
    }

    public IReadOnlyCollection<string> Names => handlers.Keys;

    /// <summary>The names of messages that do not wait behind a dead letter of their subject.</summary>
    public HashSet<string> Overtaking { get; } = new(StringComparer.Ordinal);

    public HandlerInvocation? Find(string name) => handlers.GetValueOrDefault(name);

    private void Add(MethodInfo method, bool overtakes, MessageCatalog catalog, IServiceProviderIsService services, bool mayReturn)
    {
        string label = $"{method.DeclaringType}.{method.Name}";
        string name = method.GetParameters() is [{ } first, ..] && catalog.FindName(first.ParameterType) is { } found
            ? found
            : throw new InvalidOperationException($"The first parameter of {label} is not a registered message.");
        HandlerInvocation invocation = HandlerInvocation.Compile(method, catalog, services);
        if (invocation.MayReturnMessages && !mayReturn)
        {
            throw new InvalidOperationException($"{label} returns messages, but writes to another database than the bus: the two cannot commit together.");
        }

        if (!handlers.TryAdd(name, invocation))
        {
            throw new InvalidOperationException($"Two methods handle {name}: {label} is the second.");
        }

        if (overtakes)
        {
            Overtaking.Add(name);
        }
    }
}
