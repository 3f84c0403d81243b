using System.Reflection;
using NetArchTest.Rules;

namespace DiaOrleans.Server.Tests;

public sealed class LayersTests
{
    [Theory]
    [InlineData("DiaOrleans.Inference")]
    [InlineData("DiaOrleans.Audio")]
    [InlineData("DiaOrleans.Abstractions")]
    [InlineData("DiaOrleans.Transcription")]
    public void Lower_layers_use_no_other_layer(string layer)
    {
        string[] layers =
        [
            "DiaOrleans.Abstractions", "DiaOrleans.Audio", "DiaOrleans.Inference", "DiaOrleans.Transcription",
            "DiaOrleans.Grains", "DiaOrleans.Server",
        ];
        TypesThatUse(layer, [.. layers.Where(other => other != layer)]).ShouldBeEmpty();
    }

    [Fact]
    public void Inference_audio_and_transcription_use_neither_grains_nor_http()
    {
        foreach (var layer in (string[])["DiaOrleans.Inference", "DiaOrleans.Audio", "DiaOrleans.Transcription"])
        {
            TypesThatUse(layer, "Orleans", "Microsoft.AspNetCore").ShouldBeEmpty(layer);
        }
    }

    private static IEnumerable<string> TypesThatUse(string layer, params string[] others) =>
        Types.InAssembly(Assembly.Load(layer)).ShouldNot().HaveDependencyOnAny(others).GetResult().FailingTypeNames ?? [];
}
