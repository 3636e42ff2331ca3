using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace IdGenerator.Client.Tests;

/// <summary>What an assembly shows to those who use it, a line for each type and member, sorted.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(Assembly assembly) =>
        from type in assembly.GetExportedTypes()
        where type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) != true && !IsGenerated(type)
        from line in Lines(type)
        orderby line.Type, line.Member
        select line.Member.Length == 0 ? line.Type : $"{line.Type}.{line.Member}";

    private static IEnumerable<(string Type, string Member)> Lines(Type type)
    {
        var bases = type.GetInterfaces().Where(contract => contract.IsPublic).Select(Name).Order(StringComparer.Ordinal);
        yield return ($"{Name(type)} : {string.Join(", ", bases)}", "");
        foreach (var member in type.GetMembers(Declared).Where(member => IsVisible(member) && !IsGenerated(member)))
        {
            switch (member)
            {
                case ConstructorInfo constructor:
                    yield return (Name(type), $"new({Parameters(constructor)})");
                    break;
                case MethodInfo method when !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal):
                    yield return (Name(type), $"{method.Name}({Parameters(method)}) -> {Name(method.ReturnType)}");
                    break;
                case PropertyInfo property:
                    yield return (Name(type), $"{property.Name} -> {Name(property.PropertyType)}{(property.SetMethod is { } set && IsVisible(set) ? " (set)" : "")}");
                    break;
                case FieldInfo { IsLiteral: true } constant:
                    yield return (Name(type), string.Create(CultureInfo.InvariantCulture, $"{constant.Name} = {constant.GetRawConstantValue()}"));
                    break;
                case FieldInfo field:
                    yield return (Name(type), $"{field.Name} -> {Name(field.FieldType)}");
                    break;
            }
        }
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        FieldInfo field => field.IsPublic || field.IsFamily,
        _ => false,
    };

    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : "")}{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = …" : "")}"));

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } value) return $"{Name(value)}?";
        var name = type.IsGenericParameter || type.Namespace?.StartsWith("IdGenerator", StringComparison.Ordinal) != true ? type.Name : type.FullName!;
        return type.IsGenericType ? $"{name[..name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
