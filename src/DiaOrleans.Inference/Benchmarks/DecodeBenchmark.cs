using System.Diagnostics;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Quantisation;

namespace DiaOrleans.Inference.Benchmarks;

/// <summary>Times the decoder: a text of 100 ids, 100 rows in the cache before the first measured step.</summary>
public static class DecodeBenchmark
{
    private const int TextLength = 100;
    private const int PromptRows = 100;
    private const int Seed = 1;
    private const double MiB = 1 << 20;

    // Steps that are not measured: until then, code that is called often is compiled without optimisation.
    private const int WarmUpSteps = 8;
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(1);

    // Frames per second of descript/dac_44khz, for a folder without a codec.
    private const double PublishedFrameRate = 44100.0 / 512;

    /// <summary>
    /// Loads the text encoder and decoder without a codec, and measures. Quantised weights are made in a temporary folder first.
    /// </summary>
    /// <exception cref="CheckpointException">The folder holds no checkpoint that can be served.</exception>
    public static DecodeBenchmarkResult Run(DecodeBenchmarkOptions options)
    {
        var choice = DeviceChoice.Make(options.Device with { OneGpu = true });
        var target = ExecutionTarget.Parse(choice.Devices[0], choice.Precision);
        var scratch = Directory.CreateTempSubdirectory("dia-bench-").FullName;
        try
        {
            var checkpoint = options.RandomWeights
                ? DiaCheckpoint.OpenShapeOnly(options.Folder, Path.Combine(scratch, "weights.bin"), Seed)
                : DiaCheckpoint.Open(options.Folder);
            var quantising = Quantise(checkpoint, target.Precision, scratch);
            var started = Stopwatch.GetTimestamp();
            using var model = Load(checkpoint, target, options, scratch);
            var loading = Stopwatch.GetElapsedTime(started);
            var ticks = Measure(model, options);
            Array.Sort(ticks);
            return Summarise(model, options, ticks) with
            {
                QuantiseSeconds = quantising?.TotalSeconds,
                LoadSeconds = loading.TotalSeconds,
            };
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static TimeSpan? Quantise(DiaCheckpoint checkpoint, Precision precision, string folder)
    {
        if (precision.WeightBits is not { } bits) return null;
        var started = Stopwatch.GetTimestamp();
        _ = new QuantisedCache(folder).Open(checkpoint, bits);
        var elapsed = Stopwatch.GetElapsedTime(started);
        ProcessMemory.GiveBack();
        return elapsed;
    }

    private static DiaModel Load(DiaCheckpoint checkpoint, ExecutionTarget target, DecodeBenchmarkOptions options, string cache)
    {
        var model = new DiaModelOptions
        {
            Target = target,
            CacheFolder = cache,
            CaptureSteps = options.CaptureSteps,
            Threads = options.Threads,
            Slots = Math.Max(options.Slots, options.Streams),
            TextCapacity = TextLength,
        };
        return new DiaModel(checkpoint, model);
    }

    private static long[] Measure(DiaModel model, DecodeBenchmarkOptions options)
    {
        var request = Request(model);
        var slots = Enumerable.Range(0, options.Streams).Select(i => new Slot(i, model, model.Decoder)).ToArray();
        var started = Stopwatch.GetTimestamp();
        for (var step = 0; step < WarmUpSteps || Stopwatch.GetElapsedTime(started) < WarmUpTime; step++) Step(model, slots, request);
        foreach (var slot in slots) slot.Leave();
        var ticks = new long[options.Steps];
        for (var step = 0; step < ticks.Length; step++) ticks[step] = Step(model, slots, request);
        return ticks;
    }

    /// <summary>The ticks that a step takes; free slots and those whose request has ended begin before it.</summary>
    private static long Step(DiaModel model, Slot[] slots, DecodeRequest request)
    {
        foreach (var slot in slots)
        {
            if (slot.Grid is not { Finished: false }) slot.Enter(request);
        }

        var started = Stopwatch.GetTimestamp();
        foreach (var slot in slots) slot.Feed();
        model.Decoder.Step();
        foreach (var slot in slots) slot.Advance();
        return Stopwatch.GetTimestamp() - started;
    }

    /// <summary>A request with a random prompt. Its text is letters; the content does not change the speed.</summary>
    private static DecodeRequest Request(DiaModel model)
    {
        var prompt = new CodeGrid(Math.Min(PromptRows, model.MaxNewFrames(0) / 2), model.Delay.Channels);
        var random = new Random(Seed);
        for (var row = 0; row < prompt.Rows; row++)
        {
            for (var channel = 0; channel < prompt.Channels; channel++) prompt[row, channel] = (short)random.Next(model.Rules.CodebookSize);
        }

        var ids = Enumerable.Range(0, TextLength).Select(i => i == 0 ? 1 : 'a' + i % 26).ToArray();
        return new DecodeRequest(ids, model.MaxNewFrames(prompt.Rows), Seed, prompt, Sampling: null);
    }

    private static DecodeBenchmarkResult Summarise(DiaModel model, DecodeBenchmarkOptions options, long[] sortedTicks)
    {
        var anonymous = ProcessMemory.AnonymousBytes();
        var peak = PeakRss();
        var median = Milliseconds(sortedTicks[sortedTicks.Length / 2]);
        var each = sortedTicks.Length / FrameRate(options.Folder) / (sortedTicks.Sum() / (double)Stopwatch.Frequency);
        var weights = StepWeights.Bytes(model.Config, model.Target.Precision);
        var bandwidth = model.Target.Device == Device.Cpu ? MemoryBandwidth.Measure(model.Threads) : (double?)null;
        return new DecodeBenchmarkResult
        {
            StepMsMedian = median,
            StepMsMin = Milliseconds(sortedTicks[0]),
            RealTimeFactor = options.Streams * each,
            RealTimeFactorEach = each,
            Model = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder))),
            Device = model.Target.Device.Name,
            Precision = model.Target.Precision.Name,
            Streams = options.Streams,
            Threads = model.Threads,
            LoadSeconds = 0,
            PeakRssMib = peak / MiB,
            AnonymousRssMib = anonymous / MiB,
            StepWeightMb = weights / 1e6,
            MemoryGbPerSecond = bandwidth / 1e9,
            MemoryLimitShare = weights / bandwidth / (median / 1000),
        };
    }

    private static double FrameRate(string folder)
    {
        try
        {
            var codec = DacConfig.Read(CodecLocator.Find(folder, null));
            return (double)codec.SampleRate / codec.HopLength;
        }
        catch (CheckpointException)
        {
            return PublishedFrameRate;
        }
    }

    private static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;

    private static double PeakRss()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
