using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace DiaOrleans.Cuda.Tests;

/// <summary>
/// The stand-ins for the driver, CUDA 13 and cuDNN 9, compiled by gcc and loaded into this process before ONNX Runtime asks for libraries
/// of these names. Its CUDA provider is the real one; no kernel computes anything.
/// </summary>
public sealed unsafe class StandInLibraries : IDisposable
{
    private const int ReportSize = 1 << 20;

    // In this order: a library is there before those that need it.
    private static readonly (string Source, string Library)[] Sources =
    [
        ("cudart", "libcudart.so.13"),
        ("cuda", "libcuda.so.1"),
        ("curand", "libcurand.so.10"),
        ("cublasLt", "libcublasLt.so.13"),
        ("cublas", "libcublas.so.13"),
        ("cudnn", "libcudnn.so.9"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("dia-cuda-stand-ins-").FullName;
    private readonly delegate* unmanaged<void> _reset;
    private readonly delegate* unmanaged<byte*, int, int> _report;
    private readonly delegate* unmanaged<nint> _graphStream;
    private CudaCalls? _stopped;

    public StandInLibraries()
    {
        Problem = FindProblem();
        if (Problem is not null) return;
        foreach (var (source, library) in Sources) Compile(source, library);
        nint[] loaded = [.. Sources.Select(s => NativeLibrary.Load(Path.Combine(_folder, s.Library)))];
        var runtime = loaded[0];
        _reset = (delegate* unmanaged<void>)NativeLibrary.GetExport(runtime, "standin_reset");
        _report = (delegate* unmanaged<byte*, int, int>)NativeLibrary.GetExport(runtime, "standin_report");
        _graphStream = (delegate* unmanaged<nint>)NativeLibrary.GetExport(runtime, "standin_graph_stream");
    }

    /// <summary>Why the tests cannot run here, or null.</summary>
    public string? Problem { get; }

    /// <summary>The stream of the last graph that was launched.</summary>
    public nint GraphStream => _graphStream();

    /// <summary>The calls of an action: all of them, or those from <see cref="Restart"/> to <see cref="Stop"/>.</summary>
    public CudaCalls Record(Action action)
    {
        _stopped = null;
        Restart();
        action();
        Stop();
        return _stopped!;
    }

    /// <summary>Forgets the calls so far.</summary>
    public void Restart() => _reset();

    /// <summary>Ends the record before its action ends.</summary>
    public void Stop()
    {
        if (_stopped is not null) return;
        var text = new byte[ReportSize];
        int length;
        fixed (byte* start = text) length = _report(start, text.Length);
        _stopped = CudaCalls.Parse(Encoding.UTF8.GetString(text, 0, length));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string? FindProblem()
    {
        var natives = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libonnxruntime_providers_cuda.so");
        if (!File.Exists(natives)) return "This build has ONNX Runtime for the CPU only; ./test.sh --cuda builds another.";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return folders.Any(folder => File.Exists(Path.Combine(folder, "gcc"))) ? null : "gcc is not installed.";
    }

    private void Compile(string source, string library)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "StandIns");
        // The provider asks for symbols of these versions.
        var versions = Path.Combine(_folder, $"{source}.map");
        File.WriteAllText(versions, $"{library} {{ global: *; }};");
        string[] linked = source == "cudart" ? [] : [Path.Combine(_folder, Sources[0].Library)];
        var gcc = new ProcessStartInfo(
            "gcc",
            [
                "-shared", "-fPIC", "-O1", "-w", Path.Combine(folder, $"{source}.c"), .. linked,
                $"-Wl,-soname,{library}", $"-Wl,--version-script={versions}", "-o", Path.Combine(_folder, library),
            ])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(gcc)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"gcc refuses {source}.c: {errors}");
    }
}
