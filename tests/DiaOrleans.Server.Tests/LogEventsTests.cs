using System.Reflection;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Server.Tests;

/// <summary>An event id names one message of an assembly, so that logs can be filtered by it.</summary>
public sealed class LogEventsTests
{
    [Theory]
    [InlineData("DiaOrleans.Grains")]
    [InlineData("DiaOrleans.Inference")]
    [InlineData("DiaOrleans.Server")]
    public void Event_ids_of_an_assembly_are_unique(string assembly)
    {
        var ids = MessagesOf(Assembly.Load(assembly)).ToArray();
        ids.ShouldNotBeEmpty();
        ids.GroupBy(message => message.Id).Where(group => group.Count() > 1).Select(group => string.Join(", ", group.Select(m => m.Name)))
            .ShouldBeEmpty();
    }

    private const BindingFlags Declared =
        BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static IEnumerable<(int Id, string Name)> MessagesOf(Assembly assembly) =>
        from type in assembly.GetTypes()
        from method in type.GetMethods(Declared)
        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
        where message is not null
        select (message.EventId, $"{type.FullName}.{method.Name}");
}
