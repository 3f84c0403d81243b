using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using DiaOrleans.Audio.Native;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Recognition.Models;
using DiaOrleans.Server.Storage;
using DiaOrleans.Transcription;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Server.Commands.Doctor;

/// <summary>The checks of <c>doctor</c>. None of them throws: what goes wrong is a finding.</summary>
internal static class Checks
{
    public static Finding Runtime() =>
        new(".NET", Verdict.Ok, $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");

    public static Finding Machine()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1073741824.0;
        return new("machine", Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {memory:F1} GiB of memory"));
    }

    public static Finding OnnxRuntime()
    {
        try
        {
            var env = OrtEnv.Instance();
            return new("ONNX Runtime", Verdict.Ok, $"{env.GetVersionString()}, {string.Join(", ", env.GetAvailableProviders())}");
        }
        catch (Exception problem) when (problem is DllNotFoundException or TypeInitializationException or OnnxRuntimeException)
        {
            return new("ONNX Runtime", Verdict.Problem, $"its native library does not load: {problem.GetBaseException().Message}", "Install the C++ runtime: sudo apt-get install libstdc++6 libgcc-s1");
        }
    }

    public static Finding Gpu()
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out var driver)) return new("GPU", Verdict.Ok, "no NVIDIA driver: the model runs on the CPU");
        NativeLibrary.Free(driver);
        return new("GPU", Verdict.Warning, "an NVIDIA driver is there; this version runs the model on the CPU");
    }

    public static IEnumerable<Finding> Audio() =>
        from tool in AudioTools.FindAll()
        select tool.Missing is null
            ? new Finding(tool.Name, Verdict.Ok, $"{tool.Version}; {tool.Purpose}")
            : new Finding(tool.Name, Verdict.Warning, $"missing; {tool.Purpose}", tool.Missing);

    public static Finding SpeechRecognition(ServerOptions options)
    {
        const string Check = "speech recognition";
        if (WhisperTranscriber.LibraryProblem() is { } problem) return new(Check, Verdict.Warning, $"its native library does not load: {problem}", "Install OpenMP: sudo apt-get install libgomp1");
        var recognition = options.Recognition(Path.GetFullPath(options.Data));
        using var models = RecognitionServices.CreateModels(recognition, NullLogger<WhisperModels>.Instance);
        var sizes = models.OnDisk;
        var where = options.WhisperModels ?? Path.Combine(options.Data, "whisper_models");
        return sizes.Count > 0
            ? new(Check, Verdict.Ok, $"Whisper.net; models in {where}: {string.Join(", ", sizes)}")
            : new(Check, Verdict.Ok, $"Whisper.net; no model in {where} yet");
    }

    /// <summary>What the server ever sends or fetches. Nothing is tried.</summary>
    public static Finding Network(ServerOptions options)
    {
        const string Nothing = "the server fetches nothing, looks up no name and sends no usage data";
        var recognition = options.Recognition(Path.GetFullPath(options.Data));
        var fetches = $"the server sends no usage data, and fetches only Whisper models that are missing, from {recognition.Source.Host}, "
            + "if a client asks for a transcription (/audio_prompts/ID/transcribe, /audio_prompts/discover with force_retranscribe) "
            + "or for the model (/whisper/load)";
        var found = recognition.Downloads switch
        {
            ModelDownloads.Never => $"{Nothing}; downloads of Whisper models are off (DIA_WHISPER_DOWNLOADS)",
            ModelDownloads.WhenAsked => $"{fetches}; DIA_WHISPER_DOWNLOADS=false forbids it",
            _ => $"{fetches}, and if a recording waits for its transcript (DIA_WHISPER_DOWNLOADS=true; false forbids it)",
        };
        return new("network", Verdict.Ok, found);
    }

    public static Finding Database(string data)
    {
        var folder = Path.GetFullPath(data);
        var existed = Directory.Exists(folder);
        var file = Path.Combine(folder, $"doctor-{Guid.NewGuid():N}.db");
        try
        {
            Directory.CreateDirectory(folder);
            SqliteDatabase.Prepare(file);
            using var connection = new SqliteConnection(SqliteDatabase.ConnectionString(file));
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT sqlite_version()";
            return new("database", Verdict.Ok, $"SQLite {command.ExecuteScalar()} writes to {data}");
        }
        catch (Exception problem) when (problem is InvalidOperationException or IOException or UnauthorizedAccessException or SqliteException)
        {
            return new("database", Verdict.Problem, problem.Message, "Choose a folder that this user may write with --data.");
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            foreach (var suffix in (string[])["", "-wal", "-shm"]) TryDelete(file + suffix);
            if (!existed && Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        }
    }

    public static Finding Model(ServerOptions options)
    {
        try
        {
            var folder = options.Model ?? ModelFolder.Default();
            var report = CheckpointReport.Inspect(folder, options.Codec, options.ProfileOverride);
            var size = report.Facts.FirstOrDefault(f => f.Name == "weights")?.Value;
            return report.Problems.Count == 0
                ? new("model", Verdict.Ok, $"{folder}: {size}")
                : new("model", Verdict.Problem, string.Join(" ", report.Problems), "Name a sound checkpoint folder with --model.");
        }
        catch (SettingsException problem)
        {
            return new("model", Verdict.Problem, problem.Message);
        }
    }

    public static Finding Port(int port)
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(e => e.Port == port && (IPAddress.IsLoopback(e.Address) || Equals(e.Address, IPAddress.Any) || Equals(e.Address, IPAddress.IPv6Any)));
        return taken
            ? new("port", Verdict.Warning, $"{port} is in use", "Stop the program that has it, or choose another with --port.")
            : new("port", Verdict.Ok, $"{port} is free");
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The folder could not be written in the first place.
        }
    }
}
