using System.Text.Json;
using System.Text.Json.Nodes;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Execution.Cuda;

namespace DiaOrleans.Cuda.Tests;

/// <summary>
/// The layers, heads and head sizes of Dia 1.6B in a narrow residual stream, with random weights: they decide what a step launches.
/// </summary>
internal sealed class NarrowModel : IDisposable
{
    public const int Layers = 18;

    private const int Hidden = 64;

    private readonly string _folder = Directory.CreateTempSubdirectory("dia-narrow-").FullName;

    public NarrowModel(Precision precision, int slots, int gpu = 0)
    {
        var config = JsonNode.Parse(File.ReadAllBytes(Path.Combine(Repository.Folder, "bench", "dia-1.6b-0626", "config.json")))!;
        config["encoder_config"]!["num_hidden_layers"] = 2;
        config["encoder_config"]!["hidden_size"] = Hidden;
        config["encoder_config"]!["intermediate_size"] = Hidden;
        config["decoder_config"]!["hidden_size"] = Hidden;
        config["decoder_config"]!["intermediate_size"] = Hidden;
        config["decoder_config"]!["cross_hidden_size"] = Hidden;
        File.WriteAllBytes(Path.Combine(_folder, "config.json"), JsonSerializer.SerializeToUtf8Bytes(config));
        var checkpoint = DiaCheckpoint.OpenShapeOnly(_folder, Path.Combine(_folder, "weights.bin"), seed: 1);
        Model = new DiaModel(checkpoint, new DiaModelOptions
        {
            Target = new ExecutionTarget(CudaDevice.Get(gpu), precision),
            Threads = 1,
            Slots = slots,
            TextCapacity = 100,
        });
    }

    public DiaModel Model { get; }

    public void Dispose()
    {
        Model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
