using System.Collections;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace AccessGov.Architecture;

/// <summary>Finds the methods that hold rules, and reads from their IL what they do.</summary>
internal static class Rules
{
    private const BindingFlags All =
        BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);

    /// <summary>Every method of that name in services/ and shared/.</summary>
    public static IEnumerable<MethodInfo> Named(string name) =>
        House.Types.SelectMany(type => type.GetMethods(All)).Where(method => method.Name == name);

    /// <summary>
    /// A value: a type of the base library that cannot change, a record, an enumeration, a collection to read of these, or a type of ours all of whose fields
    /// are read-only.
    /// </summary>
    public static bool IsValue(Type type)
    {
        if (type.IsGenericType && type.GetGenericArguments().Any(argument => !IsValue(argument)))
        {
            return false;
        }

        return type.IsPrimitive || type.IsEnum || type == typeof(string)
            || (type.Namespace == "System" && type.IsValueType)
            || (type.Namespace is "System.Collections.Immutable" or "System.Collections.Frozen")
            || (typeof(IEnumerable).IsAssignableFrom(type) && type.IsInterface && type.Name.StartsWith("IReadOnly", StringComparison.Ordinal))
            || (type.IsArray && IsValue(type.GetElementType()!))
            || (IsOurs(type) && !type.IsInterface && (IsRecord(type) || IsReadOnly(type)));
    }

    public static bool IsOurs(Type? type) => type?.Assembly.GetName().Name?.StartsWith("AccessGov.", StringComparison.Ordinal) ?? false;

    /// <summary>Everything outside our assemblies that a method reaches, however many of our own methods lie between; as "Type.Member" in full.</summary>
    public static IReadOnlyCollection<string> Reaches(MethodBase rule)
    {
        var seen = new HashSet<MethodBase> { rule };
        var waiting = new Stack<MethodBase>(seen);
        var reached = new HashSet<string>(StringComparer.Ordinal);
        while (waiting.TryPop(out MethodBase? method))
        {
            foreach ((OpCode code, MemberInfo member) in Members(method))
            {
                if (member is FieldInfo field && code == OpCodes.Stsfld && !IsMadeByCompiler(field))
                {
                    reached.Add($"write to {field.DeclaringType!.FullName}.{field.Name}");
                }
                else if (member is MethodBase called && IsOurs(called.DeclaringType))
                {
                    if (seen.Add(called))
                    {
                        waiting.Push(called);
                    }
                }
                else if (member is MethodBase)
                {
                    Type? declaring = member.DeclaringType;
                    reached.Add($"{(declaring is { IsGenericType: true } ? declaring.GetGenericTypeDefinition() : declaring)?.FullName}.{member.Name}");
                }
            }
        }

        return reached;
    }

    /// <summary>The methods and fields that a method's IL names.</summary>
    private static IEnumerable<(OpCode Code, MemberInfo Member)> Members(MethodBase method)
    {
        byte[] il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[]? ofType = method.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments() : null;
        Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (int at = 0; at < il.Length;)
        {
            int value = il[at++];
            OpCode code = OpCodesByValue[value == 0xFE ? 0xFE00 | il[at++] : value];
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField
                || (code.OperandType == OperandType.InlineTok && code == OpCodes.Ldtoken && il[at + 3] is 0x06 or 0x0A or 0x2B))
            {
                yield return (code, method.Module.ResolveMember(BitConverter.ToInt32(il, at), ofType, ofMethod)!);
            }

            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
        }
    }

    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null || (type.IsValueType && type.GetMethod("PrintMembers", All) is not null);

    private static bool IsReadOnly(Type type) =>
        type.GetFields(All).Where(field => !field.IsStatic).All(field => field.IsInitOnly) && (type.BaseType is null || !IsOurs(type.BaseType) || IsReadOnly(type.BaseType));

    // Lambdas without captures and collection literals are kept in static fields that the compiler makes.
    private static bool IsMadeByCompiler(FieldInfo field) =>
        field.DeclaringType!.Name.StartsWith('<') || field.DeclaringType.GetCustomAttribute<CompilerGeneratedAttribute>() is not null
        || field.GetCustomAttribute<CompilerGeneratedAttribute>() is not null;
}
