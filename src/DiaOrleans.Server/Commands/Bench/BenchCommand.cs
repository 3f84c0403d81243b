using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DiaOrleans.Inference.Benchmarks;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Commands.Bench.Overhead;
using Microsoft.ML.OnnxRuntime;
using Spectre.Console;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary><c>bench</c>: measures this machine, or a server; <c>bench decode</c> times the decoder.</summary>
internal static class BenchCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private const int MaxStreams = 256;
    private const int MaxSteps = 1_000_000;
    private const int MaxThreads = 1024;

    /// <summary>The command <c>bench</c>.</summary>
    public static Command Create() => new("bench", "Measures this machine, or a server.")
    {
        CreateDecode(),
        CodecBenchCommand.Create(),
        JoinBenchCommand.Create(),
        JobBenchCommand.Create(),
        ServeLoadCommand.Create(),
        OverheadCommand.Create(),
        OverheadClient.Create(),
    };

    private static Command CreateDecode()
    {
        var model = new Option<DirectoryInfo>("--model") { Description = "Checkpoint folder.", Required = true };
        var device = new BenchDevice();
        var streams = Within("--streams", 1, MaxStreams, 1, "Requests in one batch.");
        var slots = Within("--slots", 1, MaxStreams, 1, "Slots of the decoder, if more than streams: free ones cost no time.");
        var steps = Within("--steps", 1, MaxSteps, 200, "Measured steps.");
        var threads = Within("--threads", 0, MaxThreads, 0, "Threads of ONNX Runtime; 0 chooses by the model's size.");
        var random = new Option<bool>("--random-weights") { Description = "Use random weights; the folder's config.json is enough." };
        var noCapture = new Option<bool>("--no-capture") { Description = "Launch a GPU's kernels one by one, without a captured graph." };
        var json = JsonOption();
        const string description = "Times the decoder: both guidance rows, sampling included, a text of 100 bytes, 100 rows in the cache.";
        var decode = new Command("decode", description) { model, streams, slots, steps, threads, random, noCapture, json };
        device.AddTo(decode);
        decode.SetAction(parsed =>
        {
            var options = new DecodeBenchmarkOptions(
                parsed.GetRequiredValue(model).FullName,
                parsed.GetValue(streams),
                parsed.GetValue(steps),
                parsed.GetValue(threads),
                parsed.GetValue(random))
            {
                Device = device.Read(parsed),
                Slots = parsed.GetValue(slots),
                CaptureSteps = !parsed.GetValue(noCapture),
            };
            return Run(() => DecodeBenchmark.Run(options), Print, parsed.GetValue(json), $"with {options.Streams} streams");
        });
        return decode;
    }

    /// <summary>The result as one JSON object with names in snake_case.</summary>
    internal static string ToJson<T>(T result) => JsonSerializer.Serialize(result, Json);

    /// <summary>Measures and prints; an error that the user can mend is one line.</summary>
    internal static int Run<T>(Func<T> measure, Action<T> print, bool json, string how)
    {
        try
        {
            var result = measure();
            if (json) Console.WriteLine(ToJson(result));
            else print(result);
            return 0;
        }
        catch (Exception e) when (e is CheckpointException or ArgumentException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        catch (Exception e) when (e is OutOfMemoryException or OnnxRuntimeException)
        {
            Console.Error.WriteLine($"The model could not be run {how}: {e.Message}");
            return 1;
        }
    }

    /// <summary>Prints rows of a name and a value.</summary>
    internal static void Print(params (string Name, object Value)[] rows)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("").AddColumn(new TableColumn("").RightAligned()).HideHeaders();
        foreach (var (name, value) in rows) table.AddRow(Markup.Escape(name), Markup.Escape(value.ToString()!));
        AnsiConsole.Write(table);
    }

    private static void Print(DecodeBenchmarkResult result) => Print([.. Rows(result)]);

    private static IEnumerable<(string Name, object Value)> Rows(DecodeBenchmarkResult result)
    {
        yield return ("model", result.Model);
        yield return ("device", result.Device);
        yield return ("precision", result.Precision);
        yield return ("streams", result.Streams);
        yield return ("threads", result.Threads);
        yield return ("step, median", $"{result.StepMsMedian:F3} ms");
        yield return ("step, fastest", $"{result.StepMsMin:F3} ms");
        yield return ("real time, each stream", $"{result.RealTimeFactorEach:F2} x");
        yield return ("real time, together", $"{result.RealTimeFactor:F2} x");
        if (result.MemoryLimitShare is { } share)
        {
            yield return ("weights read a step", $"{result.StepWeightMb:F0} MB");
            yield return ("memory speed", $"{result.MemoryGbPerSecond:F1} GB/s");
            yield return ("share of the memory limit", $"{100 * share:F0} %");
        }

        if (result.QuantiseSeconds is { } quantising) yield return ("quantising, once", $"{quantising:F2} s");
        yield return ("load", $"{result.LoadSeconds:F2} s");
        yield return ("peak memory", $"{result.PeakRssMib:F0} MiB");
        if (result.AnonymousRssMib is { } anonymous) yield return ("memory that no file backs", $"{anonymous:F0} MiB");
    }

    /// <summary>The option <c>--json</c>.</summary>
    internal static Option<bool> JsonOption() => new("--json") { Description = "Print one JSON object." };

    /// <summary>An option whose value is an integer within bounds.</summary>
    internal static Option<int> Within(string name, int min, int max, int value, string description)
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
