using System.Reflection;
using AccessGov.EventSourcing;

namespace AccessGov.Architecture;

/// <summary>Stored events keep their names for ever, so the names are written down.</summary>
public sealed class EventTests
{
    private static readonly Type[] Events =
    [
        .. from evolve in Rules.Named("Evolve")
           let @event = evolve.GetParameters()[1].ParameterType
           from type in House.Types
           where type is { IsAbstract: false, IsInterface: false } && @event.IsAssignableFrom(type)
           select type,
    ];

    [Fact]
    public void There_are_events() => Events.ShouldNotBeEmpty();

    [Fact]
    public void Every_event_has_a_stored_name() =>
        Events.Where(type => type.GetCustomAttribute<EventNameAttribute>() is null).Select(type => type.FullName).ShouldBeEmpty();

    [Fact]
    public void No_two_events_of_a_service_share_a_stored_name() =>
        House.Types.Where(type => type.GetCustomAttribute<EventNameAttribute>() is not null)
            .GroupBy(type => (type.Assembly, type.GetCustomAttribute<EventNameAttribute>()!.Name))
            .Where(group => group.Count() > 1).Select(group => group.Key.Name).ShouldBeEmpty();

    [Fact]
    public void A_stored_name_is_a_snake_case_phrase_and_the_class_does_not_say_Event() =>
        Events.Where(type => type.GetCustomAttribute<EventNameAttribute>() is { } name
            && (!System.Text.RegularExpressions.Regex.IsMatch(name.Name, "^[a-z][a-z0-9]*([_.-][a-z0-9]+)*$") || type.Name.EndsWith("Event", StringComparison.Ordinal)))
            .Select(type => type.FullName).ShouldBeEmpty();

    [Fact]
    public void An_event_cannot_be_changed() =>
        Events.SelectMany(type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
            .Where(property => property.SetMethod is { } set && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)))
            .Select(property => $"{property.DeclaringType!.Name}.{property.Name}").ShouldBeEmpty();
}
