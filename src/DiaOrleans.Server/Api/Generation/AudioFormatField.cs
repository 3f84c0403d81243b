using System.Text.Json;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>The field <c>response_format</c>: a format that this deployment can write, in any case; spec/api.md 2.1.</summary>
internal static class AudioFormatField
{
    public const string Name = "response_format";

    public static string Read(FieldReader fields, string absent)
    {
        var sent = fields.StringOr(Name, absent);
        if (AudioFormats.TryParse(sent, out var format) && format.Missing() is null) return format.Name();
        if (!fields.Failed(Name))
        {
            var expected = Choices([.. AudioFormats.All.Where(f => f.Missing() is null).Select(f => f.Name())]);
            fields.Fail("enum", Name, $"Input should be {expected}", JsonSerializer.Serialize(new { expected }, Plain.Json));
        }

        return absent;
    }

    /// <summary>'a', 'b' or 'c'.</summary>
    public static string Choices(IReadOnlyList<string> names) =>
        names.Count == 1 ? $"'{names[0]}'" : $"{string.Join(", ", names.Take(names.Count - 1).Select(n => $"'{n}'"))} or '{names[^1]}'";
}
