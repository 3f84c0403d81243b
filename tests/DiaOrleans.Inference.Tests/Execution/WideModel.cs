using System.Text.Json;
using System.Text.Json.Nodes;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Execution;

/// <summary>The widths of Dia 1.6B with two layers and random weights: about 0.8 GB.</summary>
public sealed class WideModel : IDisposable
{
    private const int Layers = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("dia-wide-").FullName;
    private readonly Lazy<DiaModel> _model;

    public WideModel() => _model = new Lazy<DiaModel>(Load);

    internal DiaModel Model => _model.Value;

    public void Dispose()
    {
        if (_model.IsValueCreated) _model.Value.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private DiaModel Load()
    {
        var config = JsonNode.Parse(File.ReadAllBytes(Path.Combine(ReferenceSet.Repository, "bench", "dia-1.6b-0626", "config.json")))!;
        config["encoder_config"]!["num_hidden_layers"] = 1;
        config["decoder_config"]!["num_hidden_layers"] = Layers;
        File.WriteAllBytes(Path.Combine(_folder, "config.json"), JsonSerializer.SerializeToUtf8Bytes(config));
        var checkpoint = DiaCheckpoint.OpenShapeOnly(_folder, Path.Combine(_folder, "weights.bin"), seed: 1);
        return new DiaModel(checkpoint, new DiaModelOptions { Target = ExecutionTarget.Default, Threads = 2 });
    }
}
