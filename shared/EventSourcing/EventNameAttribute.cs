namespace AccessGov.EventSourcing;

/// <summary>The stored name of an event, written down so that renaming the class changes nothing that is stored.</summary>
/// <param name="name">Snake case, for example <c>grant_given</c>; 1 to 500 characters.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class EventNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}
