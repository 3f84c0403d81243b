using System.Text.Json;
using System.Text.Json.Nodes;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Execution;

/// <summary>The widths of Dia 1.6B with two layers and random weights: about 0.8 GB in fp32.</summary>
public sealed class WideModel : IDisposable
{
    private const int Layers = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("dia-wide-").FullName;
    private readonly Dictionary<string, DiaModel> _models = [];

    internal DiaModel Model(string precision)
    {
        if (_models.TryGetValue(precision, out var model)) return model;
        return _models[precision] = Load(Precision.OfCpu.Single(p => p.Name == precision));
    }

    public void Dispose()
    {
        foreach (var model in _models.Values) model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private DiaModel Load(Precision precision)
    {
        var config = JsonNode.Parse(File.ReadAllBytes(Path.Combine(ReferenceSet.Repository, "bench", "dia-1.6b-0626", "config.json")))!;
        config["encoder_config"]!["num_hidden_layers"] = 1;
        config["decoder_config"]!["num_hidden_layers"] = Layers;
        File.WriteAllBytes(Path.Combine(_folder, "config.json"), JsonSerializer.SerializeToUtf8Bytes(config));
        var checkpoint = DiaCheckpoint.OpenShapeOnly(_folder, Path.Combine(_folder, $"{precision}.bin"), seed: 1);
        return new DiaModel(checkpoint, new DiaModelOptions
        {
            Target = new ExecutionTarget(Device.Cpu, precision),
            Threads = 2,
            CacheFolder = _folder,
        });
    }
}
