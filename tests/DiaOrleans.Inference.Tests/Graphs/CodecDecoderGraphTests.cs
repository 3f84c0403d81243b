using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;
using DiaOrleans.Inference.Tests.Reference;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Tests.Graphs;

/// <summary>The graph of a GPU, which has standard operators alone, and those of the host.</summary>
public sealed class CodecDecoderGraphTests
{
    [Theory]
    [InlineData("dac-tiny")]
    [InlineData("dac-nano-tiny")]
    public void All_forms_of_the_graph_make_the_same_samples(string folder)
    {
        var codec = DacCheckpoint.Open(ReferenceCheckpoints.Folder(folder));
        foreach (var (frames, kept) in (ReadOnlySpan<(int, FrameRange)>)[(18, new(0, 8)), (30, new(10, 20)), (13, new(10, 13))])
        {
            var standard = Run(codec, frames, kept, CodecOperators.Standard);
            Golden.ShouldMatch(Run(codec, frames, kept, CodecOperators.Snake), standard, 1e-5, $"Snake, {folder}, {kept}");
            if (!Convolution.IsSupported) continue;
            Golden.ShouldMatch(Run(codec, frames, kept, CodecOperators.Fused), standard, 2e-5, $"fused, {folder}, {kept}");
        }
    }

    private static float[] Run(DacCheckpoint codec, int frames, FrameRange kept, CodecOperators operators)
    {
        using var session = Device.Cpu.CreateSession(CodecDecoderGraph.Build(codec, OnnxType.Float, operators), threads: 2);
        var random = new Random(frames);
        long[] codes = [.. Enumerable.Range(0, codec.Config.Codebooks * frames).Select(_ => (long)random.Next(codec.Config.CodebookSize))];
        var parts = CodecWindows.Parts(codec.Config, frames, kept);
        var inputs = new Dictionary<string, OrtValue>
        {
            [CodecDecoderGraph.Codes] = OrtValue.CreateTensorValueFromMemory(codes, [codec.Config.Codebooks, 1, frames]),
        };
        for (var block = 0; block < parts.Count; block++)
        {
            long[] part = [parts[block].Start, parts[block].End];
            foreach (var (name, value) in CodecDecoderGraph.Part(block).Zip(part))
                inputs[name] = OrtValue.CreateTensorValueFromMemory(new[] { value }, [1]);
        }

        using var options = new RunOptions();
        using var output = session.Run(options, inputs, [CodecDecoderGraph.Samples]);
        foreach (var input in inputs.Values) input.Dispose();
        return output[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
