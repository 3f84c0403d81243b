using System.CommandLine;
using DiaOrleans.Inference.Benchmarks;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary><c>bench join</c>: times calls that continue a recording, alone and beside a call that speaks.</summary>
internal static class JoinBenchCommand
{
    private const int MaxRounds = 1000;
    private const int MaxSeconds = 60;
    private const int MaxThreads = 1024;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Option<DirectoryInfo>("--model") { Description = "Checkpoint folder.", Required = true };
        var codec = new Option<DirectoryInfo?>("--codec") { Description = "Codec folder, if the checkpoint has none." };
        var seconds = BenchCommand.Within("--prompt-seconds", 1, MaxSeconds, 10, "Seconds of the recording.");
        var rounds = BenchCommand.Within("--rounds", 1, MaxRounds, 7, "Measured calls of each kind.");
        var threads = BenchCommand.Within("--threads", 0, MaxThreads, 0, "Threads of ONNX Runtime; 0 chooses by the model's size.");
        var device = new BenchDevice();
        var json = BenchCommand.JsonOption();
        const string description = "Times calls that continue a recording, alone and beside a call that speaks.";
        var command = new Command("join", description) { model, codec, seconds, rounds, threads, json };
        device.AddTo(command);
        command.SetAction(parsed => BenchCommand.Run(
            () => JoinBenchmark.Run(
                new ModelOptions
                {
                    Folder = parsed.GetRequiredValue(model).FullName,
                    CodecFolder = parsed.GetValue(codec)?.FullName,
                    Threads = parsed.GetValue(threads),
                },
                device.Read(parsed),
                parsed.GetValue(seconds),
                parsed.GetValue(rounds)).GetAwaiter().GetResult(),
            Print,
            parsed.GetValue(json),
            "with this recording"));
        return command;
    }

    private static void Print(JoinBenchmarkResult result) => BenchCommand.Print(
        ("model", result.Model),
        ("precision", result.Precision),
        ("recording", $"{result.PromptSeconds:F1} s"),
        ("first audio, alone", $"{result.FirstAudioMs:F1} ms"),
        ("between steps of the other, median", $"{result.UsualGapMs:F2} ms"),
        ("between steps of the other, longest", $"{result.LongestGapMs:F2} ms"));
}
