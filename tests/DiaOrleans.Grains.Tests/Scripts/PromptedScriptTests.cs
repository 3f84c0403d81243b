using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Tests.Scripts;

public sealed class PromptedScriptTests
{
    [Theory]
    [InlineData("Nice to meet you.", "S1", "[S1] Hello. [S1]", "[S1] Nice to meet you. Hello. [S1]")]
    [InlineData("Nice to meet you.", "S2", "[S1] Hello. [S1]", "[S2] Nice to meet you. [S1] Hello. [S1]")]
    [InlineData("[S1] A. [S2] B.", "S1", "[S2] C. [S2]", "[S1] A. [S2] B. C. [S2]")]
    [InlineData("[S1] A. [S2] B.", "S1", "[S1] C. [S1]", "[S1] A. [S2] B. [S1] C. [S1]")]
    [InlineData("[S1] A. [S2] B. [S1]", "S1", "[S2] C. [S2]", "[S1] A. [S2] B. C. [S2]")]
    [InlineData("Well, [S2] B.", "S1", "[S1] C. [S1]", "[S1] Well, [S2] B. [S1] C. [S1]")]
    [InlineData("Odd spaces", "robot", "[S2] C. [S2]", "[S1] Odd spaces [S2] C. [S2]")]
    [InlineData("[S1]", "S1", "[S2] C. [S2]", "[S2] C. [S2]")]
    [InlineData("[S1][S2]", "S1", "[S2] C. [S2]", "[S2] C. [S2]")]
    public void Join_puts_the_transcript_first_and_no_tag_twice_in_a_row(string transcript, string primary, string script, string expected)
    {
        var words = TextIds.Encode(PromptedScript.TagTranscript(transcript, primary));
        EngineScript.Decode(PromptedScript.Join(words, TextIds.Encode(script))).ShouldBe(expected);
    }
}
