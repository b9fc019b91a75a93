using System.Reflection;
using System.Text.RegularExpressions;

namespace AccessGov.Testing;

/// <summary>Finds the members of an event that look as if they could open something, by name or type, however deep they stand.</summary>
public static partial class SecretLookingMembers
{
    /// <summary>Each as the event's stored name and the member's path, for example <c>signing_key_announced.Key.Sealed</c>.</summary>
    public static IReadOnlyList<string> Of(string eventName, Type type)
    {
        var found = new List<string>();
        Walk(type, eventName, [], found);
        return found;
    }

    private static void Walk(Type type, string path, Type[] above, List<string> found)
    {
        foreach (PropertyInfo member in type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(member => member.GetIndexParameters().Length == 0))
        {
            string name = $"{path}.{member.Name}";
            Type[] inside = [.. Parts(member.PropertyType)];
            if (Looks().IsMatch(member.Name) || inside.Any(part => part == typeof(byte) || Looks().IsMatch(part.Name)))
            {
                found.Add(name);
            }

            foreach (Type part in inside.Where(part => part.Assembly == type.Assembly && !part.IsEnum && !above.Contains(part)))
            {
                Walk(part, name, [.. above, type], found);
            }
        }
    }

    /// <summary>The type itself, and what a collection, a dictionary or a nullable holds.</summary>
    private static IEnumerable<Type> Parts(Type type) =>
        type.IsArray ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts)
        : [type];

    [GeneratedRegex(
        "key|hash|secret|password|passphrase|code|token|sealed|salt|sha[0-9]|private|credential|otp|seed|cipher|nonce|assertion|proof|"
        + "cookie|link",
        RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Looks();
}
