using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Voices;

/// <summary>Voice ids as requests bring them.</summary>
internal static class VoiceIds
{
    /// <summary>The route parameter that holds one.</summary>
    public const string Parameter = "voice_id";

    public const int MaxLength = 256;

    /// <summary>Reads the id of a voice to be made, with what fails for any name.</summary>
    public static string New(FieldReader fields)
    {
        var id = fields.RequiredString(Parameter, MaxLength);
        if (id.Any(char.IsControl) && !string.IsNullOrWhiteSpace(id))
            fields.Fail("string_pattern_mismatch", Parameter, "String should have no control characters", """{"pattern":"^[^\\p{Cc}]*$"}""");
        if (id is "." or "..")
            fields.Fail("value_error", Parameter, $"A voice cannot be named {id}: in a path it means a folder, so the voice could never be changed or deleted");
        return id;
    }
}
