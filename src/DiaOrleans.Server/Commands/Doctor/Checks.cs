using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using DiaOrleans.Audio.Native;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Models.Store;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Recognition.ModelFiles;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using DiaOrleans.Transcription;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Server.Commands.Doctor;

/// <summary>The checks of <c>doctor</c>. None of them throws: what is wrong is a finding.</summary>
internal static class Checks
{
    private const double GiB = 1 << 30;

    /// <summary>.NET and the operating system.</summary>
    public static Finding Runtime()
    {
        var system = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}";
        return new(".NET", Verdict.Ok, $"{RuntimeInformation.FrameworkDescription}, {system}");
    }

    /// <summary>Cores and memory.</summary>
    public static Finding Machine()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / GiB;
        var found = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {memory:F1} GiB of memory");
        return new("machine", Verdict.Ok, found);
    }

    /// <summary>Whether the native library of ONNX Runtime loads.</summary>
    public static Finding OnnxRuntime()
    {
        const string Check = "ONNX Runtime";
        try
        {
            var env = OrtEnv.Instance();
            return new(Check, Verdict.Ok, $"{env.GetVersionString()}, {string.Join(", ", env.GetAvailableProviders())}");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or OnnxRuntimeException)
        {
            var found = $"its native library does not load: {e.GetBaseException().Message}";
            return new(Check, Verdict.Problem, found, "Install the C++ runtime: sudo apt-get install libstdc++6 libgcc-s1");
        }
    }

    /// <summary>The devices that the model runs on, and what CUDA lacks.</summary>
    /// <param name="options">Settings of the devices.</param>
    public static Finding Gpu(DeviceOptions options)
    {
        const string Check = "device";
        try
        {
            var choice = options.Choose();
            if (choice.IsCuda) return new(Check, Verdict.Ok, $"{string.Join(", ", choice.Devices)}: the model runs in {choice.Precision}");
            if (choice.Warning is { } warning) return new(Check, Verdict.Warning, warning);
            if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out var driver))
                return new(Check, Verdict.Ok, $"no NVIDIA driver: the model runs on the CPU, in {choice.Precision}");
            NativeLibrary.Free(driver);
            var found = $"an NVIDIA driver is there; with this build and these settings the model runs on the CPU, in {choice.Precision}";
            return new(Check, Verdict.Ok, found);
        }
        catch (SettingsException e)
        {
            return new(Check, Verdict.Problem, e.Message);
        }
    }

    /// <summary>The audio libraries and ffmpeg, one finding each.</summary>
    public static IEnumerable<Finding> Audio() =>
        from tool in AudioTools.FindAll()
        select tool.Missing is null
            ? new Finding(tool.Name, Verdict.Ok, $"{tool.Version}; {tool.Purpose}")
            : new Finding(tool.Name, Verdict.Warning, $"missing; {tool.Purpose}", tool.Missing);

    /// <summary>Whether speech is recognised here, whether the native library of Whisper loads, and which models are on disk.</summary>
    /// <param name="options">Settings of speech recognition.</param>
    /// <param name="isOn">Whether speech is recognised here.</param>
    /// <param name="data">Path of the data folder.</param>
    public static Finding SpeechRecognition(RecognitionOptions options, bool isOn, string data)
    {
        const string Check = "speech recognition";
        if (!isOn) return new(Check, Verdict.Ok, "off here (DIA_RECOGNITION); the silos of the cluster that recognise are used");
        if (WhisperTranscriber.LibraryProblem() is { } problem)
        {
            var found = $"its native library does not load: {problem}";
            return new(Check, Verdict.Warning, found, "Install OpenMP: sudo apt-get install libgomp1");
        }

        using var models = RecognitionServices.CreateModels(options, data, NullLogger<WhisperModels>.Instance);
        var sizes = models.OnDisk;
        var folder = options.FolderIn(data);
        return sizes.Count > 0
            ? new(Check, Verdict.Ok, $"Whisper.net; models in {folder}: {string.Join(", ", sizes)}")
            : options.Downloads == ModelDownloads.Never
            ? new(
                Check,
                Verdict.Warning,
                $"Whisper.net; no model in {folder}, and downloads are off",
                "Fetch one: ./run.sh model pull whisper-base")
            : new(Check, Verdict.Ok, $"Whisper.net; no model in {folder} yet, the first request for a transcription downloads it");
    }

    /// <summary>What the server sends and fetches with its settings. The check itself sends nothing.</summary>
    /// <param name="options">Settings of speech recognition.</param>
    /// <param name="isOn">Whether speech is recognised here.</param>
    public static Finding Network(RecognitionOptions options, bool isOn)
    {
        const string Nothing = "the server fetches nothing, looks up no name and sends no usage data";
        var fetches = $"the server sends no usage data, and fetches only Whisper models that are missing, from {options.Source.Host}, "
            + "if a client asks for a transcription (/audio_prompts/ID/transcribe, /audio_prompts/discover with force_retranscribe) "
            + "or for the model (/whisper/load)";
        var found = options.Downloads switch
        {
            _ when !isOn => $"{Nothing}; speech recognition is off here (DIA_RECOGNITION)",
            ModelDownloads.Never => $"{Nothing}; downloads of Whisper models are off (DIA_WHISPER_DOWNLOADS)",
            ModelDownloads.OnRequest => $"{fetches}; DIA_WHISPER_DOWNLOADS=false forbids it",
            _ => $"{fetches}, and if a recording waits for its transcript (DIA_WHISPER_DOWNLOADS=true; false forbids it)",
        };
        return new("network", Verdict.Ok, found);
    }

    /// <summary>Whether the checkpoint can be served.</summary>
    public static Finding Model(EngineOptions options, ModelStore store)
    {
        const string Check = "model";
        try
        {
            var (folder, codec) = ModelFolder.Find(options, store);
            var report = CheckpointReport.Inspect(folder, codec, options.ProfileOverride);
            var size = report.Facts.FirstOrDefault(f => f.Name == "weights")?.Value;
            return report.Problems.Count == 0
                ? new(Check, Verdict.Ok, $"{folder}: {size}")
                : new(Check, Verdict.Problem, string.Join(" ", report.Problems), "Name a sound checkpoint folder with --model.");
        }
        catch (SettingsException e)
        {
            return new(Check, Verdict.Problem, e.Message);
        }
    }

    /// <summary>Whether another program listens on the port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="running">The server that uses the data folder now, or null.</param>
    public static Finding Port(int port, FolderServer? running)
    {
        const string Check = "port";
        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners();
        if (!listeners.Any(e => e.Port == port && IsOfThisMachine(e.Address))) return new(Check, Verdict.Ok, $"{port} is free");
        return running?.Port == port
            ? new(Check, Verdict.Ok, $"{port} is that of the server of this data folder, which runs (process {running.Process})")
            : new(Check, Verdict.Warning, $"{port} is in use", "Stop the program that has it, or choose another with --port.");
    }

    private static bool IsOfThisMachine(IPAddress address) =>
        IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
