using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>An object's members. One whose name is no text, half a surrogate pair for example, is as unknown as any other that nobody asks for.</summary>
internal static class Members
{
    public static IEnumerable<(string Name, JsonElement Value)> Of(JsonElement holder)
    {
        foreach (var member in holder.EnumerateObject())
        {
            if (Name(member) is { } name) yield return (name, member.Value);
        }
    }

    private static string? Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
