using System.Text.Json;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;
using DiaOrleans.Server.Api.Voices;

namespace DiaOrleans.Server.Tests.Api.Voices;

public sealed class VoiceIdsTests
{
    [Theory]
    [InlineData(".", "value_error")]
    [InlineData("..", "value_error")]
    [InlineData("a\u0007", "string_pattern_mismatch")]
    public void A_voice_id_that_no_path_can_contain_is_refused(string id, string type)
    {
        var fields = Fields(id);
        VoiceIds.ReadNew(fields);
        Should.Throw<ApiProblem>(() => fields.ThrowIfInvalid()).Fields.ShouldHaveSingleItem().Type.ShouldBe(type);
    }

    [Theory]
    [InlineData("...")]
    [InlineData(".a")]
    [InlineData("a/..")]
    public void Dots_within_a_name_are_accepted(string id)
    {
        var fields = Fields(id);
        VoiceIds.ReadNew(fields).ShouldBe(id);
        fields.ThrowIfInvalid();
    }

    private static FieldReader Fields(string id) =>
        FieldReader.Body(new JsonFields(JsonSerializer.SerializeToUtf8Bytes(new { voice_id = id })));
}
