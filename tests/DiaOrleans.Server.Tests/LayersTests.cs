using NetArchTest.Rules;

namespace DiaOrleans.Server.Tests;

public sealed class LayersTests
{
    [Theory]
    [InlineData("DiaOrleans.Inference")]
    [InlineData("DiaOrleans.Audio")]
    [InlineData("DiaOrleans.Abstractions")]
    public void Lower_layers_know_nobody(string layer)
    {
        string[] others = ["DiaOrleans.Abstractions", "DiaOrleans.Audio", "DiaOrleans.Inference", "DiaOrleans.Grains", "DiaOrleans.Server"];
        var assembly = System.Reflection.Assembly.Load(layer);
        var result = Types.InAssembly(assembly).ShouldNot().HaveDependencyOnAny([.. others.Where(o => o != layer)]).GetResult();
        (result.FailingTypeNames ?? []).ShouldBeEmpty();
    }

    [Fact]
    public void Inference_and_audio_know_neither_grains_nor_http()
    {
        foreach (var layer in (string[])["DiaOrleans.Inference", "DiaOrleans.Audio"])
        {
            var result = Types.InAssembly(System.Reflection.Assembly.Load(layer)).ShouldNot().HaveDependencyOnAny("Orleans", "Microsoft.AspNetCore").GetResult();
            (result.FailingTypeNames ?? []).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("DiaOrleans.Audio.NAudio")]
    public void Adapters_know_their_own_layer_only(string adapter)
    {
        var file = Path.Combine(AppContext.BaseDirectory, adapter + ".dll");
        Assert.SkipUnless(File.Exists(file), "built without it");
        string[] others = ["DiaOrleans.Abstractions", "DiaOrleans.Inference", "DiaOrleans.Grains", "DiaOrleans.Server", "Orleans", "Microsoft.AspNetCore"];
        var result = Types.InAssembly(System.Reflection.Assembly.LoadFrom(file)).ShouldNot().HaveDependencyOnAny(others).GetResult();
        (result.FailingTypeNames ?? []).ShouldBeEmpty();
    }
}
