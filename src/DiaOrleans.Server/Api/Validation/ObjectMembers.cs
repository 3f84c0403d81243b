using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>The members of a JSON object, without those whose name is not valid Unicode, such as an unpaired surrogate.</summary>
internal static class ObjectMembers
{
    public static IEnumerable<(string Name, JsonElement Value)> Enumerate(JsonElement holder)
    {
        foreach (var member in holder.EnumerateObject())
        {
            if (ReadName(member) is { } name) yield return (name, member.Value);
        }
    }

    private static string? ReadName(JsonProperty member)
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
