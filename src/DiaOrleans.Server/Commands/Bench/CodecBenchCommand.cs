using System.CommandLine;
using DiaOrleans.Inference.Benchmarks;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary><c>bench codec</c>: times codes to samples on this machine.</summary>
internal static class CodecBenchCommand
{
    private const int MaxRepeats = 100_000;
    private const int MaxThreads = 1024;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Option<DirectoryInfo>("--model") { Description = "Checkpoint folder.", Required = true };
        var codec = new Option<DirectoryInfo?>("--codec") { Description = "Codec folder, if the checkpoint has none." };
        var device = new BenchDevice();
        var repeats = BenchCommand.Within("--seconds", 1, MaxRepeats, 20, "Measured seconds of audio.");
        var threads = BenchCommand.Within("--threads", 1, MaxThreads, 1, "Threads of ONNX Runtime.");
        var json = BenchCommand.JsonOption();
        const string description = "Times codes to samples: random codes, a second at once and 8 s in the server's windows.";
        var command = new Command("codec", description) { model, codec, repeats, threads, json };
        device.AddTo(command, codec: true);
        command.SetAction(parsed => BenchCommand.Run(
            () => CodecBenchmark.Run(
                parsed.GetRequiredValue(model).FullName,
                parsed.GetValue(codec)?.FullName,
                device.Read(parsed),
                parsed.GetValue(repeats),
                parsed.GetValue(threads)),
            Print,
            parsed.GetValue(json),
            "with this codec"));
        return command;
    }

    private static void Print(CodecBenchmarkResult result) => BenchCommand.Print(
        ("device", result.Device),
        ("precision", result.Precision),
        ("threads", result.Threads),
        ("a second of audio, median", $"{result.MsPerSecondMedian:F2} ms"),
        ("a second of a clip in windows, median", $"{result.ClipMsPerSecondMedian:F2} ms"));
}
