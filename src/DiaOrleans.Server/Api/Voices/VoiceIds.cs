using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Voices;

/// <summary>Reads the ids of voices from requests.</summary>
internal static class VoiceIds
{
    /// <summary>The name of the route parameter and of the field.</summary>
    public const string Parameter = "voice_id";

    /// <summary>Reads the id of a voice to speak with: any string, since one that names no voice is a 404.</summary>
    public static string Read(FieldReader fields) => VoiceId.Shorten(fields.RequiredString(Parameter, int.MaxValue));

    /// <summary>Reads the id of a new voice. A blank one does not fail here: it is a 400 of the caller.</summary>
    public static string ReadNew(FieldReader fields)
    {
        var id = fields.RequiredString(Parameter, RequestLimits.VoiceIdLength);
        if (id.Any(char.IsControl) && !string.IsNullOrWhiteSpace(id))
        {
            const string Pattern = """{"pattern":"^[^\\p{Cc}]*$"}""";
            fields.Fail("string_pattern_mismatch", Parameter, "String should have no control characters", Pattern);
        }

        if (id is "." or "..")
        {
            var reason = "in a path it means a folder, so the voice could never be changed or deleted";
            fields.Fail("value_error", Parameter, $"A voice cannot be named {id}: {reason}");
        }

        return id;
    }
}
