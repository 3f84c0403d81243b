using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DiaOrleans.Inference.Benchmarks;
using DiaOrleans.Inference.Checkpoints;
using Microsoft.ML.OnnxRuntime;
using Spectre.Console;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary><c>bench decode</c>: times the decoder on this machine.</summary>
internal static class BenchCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private const int MaxStreams = 256;
    private const int MaxSteps = 1_000_000;
    private const int MaxThreads = 1024;

    /// <summary>The command <c>bench</c>.</summary>
    public static Command Create()
    {
        var model = new Option<DirectoryInfo>("--model") { Description = "Checkpoint folder.", Required = true };
        var streams = Within("--streams", 1, MaxStreams, 1, "Requests in one batch.");
        var steps = Within("--steps", 1, MaxSteps, 200, "Measured steps.");
        var threads = Within("--threads", 0, MaxThreads, 0, "Threads of ONNX Runtime; 0 chooses by the model's size.");
        var random = new Option<bool>("--random-weights") { Description = "Use random weights; the folder's config.json is enough." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        const string description = "Times the decoder: both guidance rows, sampling included, a text of 100 bytes, 100 rows in the cache.";
        var decode = new Command("decode", description) { model, streams, steps, threads, random, json };
        decode.SetAction(parsed =>
        {
            var options = new DecodeBenchmarkOptions(
                parsed.GetRequiredValue(model).FullName,
                parsed.GetValue(streams),
                parsed.GetValue(steps),
                parsed.GetValue(threads),
                parsed.GetValue(random));
            return Run(options, parsed.GetValue(json));
        });
        return new Command("bench", "Measures this machine.") { decode };
    }

    /// <summary>The result as one JSON object with names in snake_case.</summary>
    internal static string ToJson(DecodeBenchmarkResult result) => JsonSerializer.Serialize(result, Json);

    private static int Run(DecodeBenchmarkOptions options, bool json)
    {
        try
        {
            var result = DecodeBenchmark.Run(options);
            if (json) Console.WriteLine(ToJson(result));
            else Print(result);
            return 0;
        }
        catch (CheckpointException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        catch (Exception e) when (e is OutOfMemoryException or OnnxRuntimeException)
        {
            Console.Error.WriteLine($"The decoder could not be run with {options.Streams} streams: {e.Message}");
            return 1;
        }
    }

    private static void Print(DecodeBenchmarkResult result)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("").AddColumn(new TableColumn("").RightAligned()).HideHeaders();
        Row("model", result.Model);
        Row("precision", result.Precision);
        Row("streams", result.Streams);
        Row("threads", result.Threads);
        Row("step, median", $"{result.StepMsMedian:F3} ms");
        Row("step, fastest", $"{result.StepMsMin:F3} ms");
        Row("real-time factor", $"{result.RealTimeFactor:F2}");
        Row("peak memory", $"{result.PeakRssMib:F0} MiB");
        AnsiConsole.Write(table);

        void Row(string name, object value) => table.AddRow(Markup.Escape(name), Markup.Escape(value.ToString()!));
    }

    private static Option<int> Within(string name, int min, int max, int value, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            // The parser itself reports a value that is not an integer.
            if (result.Tokens is [var token] && !int.TryParse(token.Value, CultureInfo.InvariantCulture, out _)) return;
            var given = result.GetValueOrDefault<int>();
            if (given < min || given > max) result.AddError($"{name} is {given}; expected {min} to {max}.");
        });
        return option;
    }
}
