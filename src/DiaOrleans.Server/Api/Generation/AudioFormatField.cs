using DiaOrleans.Audio.Formats;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>The field <c>response_format</c>: a format that this machine can encode, in any case; docs/api.md, Generation.</summary>
internal static class AudioFormatField
{
    private const string Name = "response_format";

    /// <param name="fields">The fields of a body or query.</param>
    /// <param name="absent">The format if the field is absent; it must be one that this machine can encode.</param>
    /// <returns>The format's name in lower case.</returns>
    public static string Read(FieldReader fields, string absent)
    {
        var sent = fields.StringOr(Name, absent);
        if (AudioFormats.TryParse(sent, out var format) && RequestLimits.FormatNames.Contains(format.Name())) return format.Name();
        if (!fields.Failed(Name)) fields.FailChoice(Name, RequestLimits.FormatNames);
        return absent;
    }
}
