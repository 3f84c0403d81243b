using NetArchTest.Rules;

namespace DiaOrleans.Server.Tests;

public sealed class LayersTests
{
    [Theory]
    [InlineData("DiaOrleans.Inference")]
    [InlineData("DiaOrleans.Audio")]
    [InlineData("DiaOrleans.Abstractions")]
    [InlineData("DiaOrleans.Transcription")]
    public void Lower_layers_know_nobody(string layer)
    {
        string[] others = ["DiaOrleans.Abstractions", "DiaOrleans.Audio", "DiaOrleans.Inference", "DiaOrleans.Transcription", "DiaOrleans.Grains", "DiaOrleans.Server"];
        var assembly = System.Reflection.Assembly.Load(layer);
        var result = Types.InAssembly(assembly).ShouldNot().HaveDependencyOnAny([.. others.Where(o => o != layer)]).GetResult();
        (result.FailingTypeNames ?? []).ShouldBeEmpty();
    }

    [Fact]
    public void Inference_audio_and_transcription_know_neither_grains_nor_http()
    {
        foreach (var layer in (string[])["DiaOrleans.Inference", "DiaOrleans.Audio", "DiaOrleans.Transcription"])
        {
            var result = Types.InAssembly(System.Reflection.Assembly.Load(layer)).ShouldNot().HaveDependencyOnAny("Orleans", "Microsoft.AspNetCore").GetResult();
            (result.FailingTypeNames ?? []).ShouldBeEmpty();
        }
    }
}
