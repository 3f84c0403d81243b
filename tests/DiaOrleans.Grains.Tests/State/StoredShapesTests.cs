using System.Collections;
using System.Reflection;
using System.Text.Json.Serialization;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Tests.State;

/// <summary>
/// The members of everything that is stored, with their versions, as stored-shapes.txt lists them: it says when a change needs a new
/// version.
/// </summary>
public sealed class StoredShapesTests
{
    private static readonly string[] Known = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "State", "stored-shapes.txt"));

    public static TheoryData<string> StoredTypes => [.. Types.Keys.Order(StringComparer.Ordinal)];

    private static Dictionary<string, Type> Types { get; } = typeof(StoredStateAttribute).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<StoredStateAttribute>() is not null)
        .ToDictionary(type => type.GetCustomAttribute<StoredStateAttribute>()!.Name);

    [Theory]
    [MemberData(nameof(StoredTypes))]
    public void A_change_of_a_stored_type_raises_its_version(string name)
    {
        var type = Types[name];
        var version = type.GetCustomAttribute<StoredStateAttribute>()!.Version;
        var shape = $"{name} {version}: {Describe(type, [])}";
        var before = Known.LastOrDefault(line => line.StartsWith($"{name} ", StringComparison.Ordinal));
        if (shape == before) return;
        if (before is not null && before.StartsWith($"{name} {version}:", StringComparison.Ordinal))
        {
            Assert.Fail(
                $"The members of {type.Name} have changed, and a release may have stored version {version}. Raise it to {version + 1} in "
                + $"the attribute StoredState, write \"Written since version {version + 1}\" to a new member, and test in StoredStateTests "
                + $"that version {version} is still read.\nBefore: {before}\nNow:    {shape}");
        }

        const string List = "tests/DiaOrleans.Grains.Tests/State/stored-shapes.txt";
        Assert.Fail($"{type.Name} has a new version. Replace its line in {List} by:\n{shape}");
    }

    [Fact]
    public void Each_line_is_that_of_a_stored_type() =>
        Known.Select(line => line.Split(' ')[0]).ShouldBe(StoredTypes.Select(row => row.Data));

    /// <summary>Its members in braces, those of the types of this program included; a type within itself is dots.</summary>
    private static string Describe(Type type, Type[] around)
    {
        if (Nullable.GetUnderlyingType(type) is { } plain) return $"{Describe(plain, around)}?";
        if (type.IsEnum) return string.Join('|', Enum.GetNames(type));
        if (ElementOf(type) is { } element) return $"[{Describe(element, around)}]";
        if (type.Namespace?.StartsWith("DiaOrleans", StringComparison.Ordinal) != true) return type.Name;
        if (around.Contains(type)) return "...";
        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(member => member.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })
            .Where(member => member.GetIndexParameters().Length == 0)
            .Select(member => $"{member.Name} {Describe(member.PropertyType, [.. around, type])}");
        return $"{{{string.Join(", ", members)}}}";
    }

    private static Type? ElementOf(Type type)
    {
        if (type == typeof(string) || !type.IsAssignableTo(typeof(IEnumerable))) return null;
        if (type.IsArray) return type.GetElementType();
        return type.GetGenericArguments() is [.., var last] ? last : null;
    }
}
