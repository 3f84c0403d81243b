using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution.Cuda;

/// <summary>Whether this process can run models on NVIDIA's GPUs, and what is missing.</summary>
/// <param name="IsBuilt">Whether the native libraries of this build have ONNX Runtime's CUDA provider.</param>
/// <param name="Missing">Shared libraries of the driver, CUDA and cuDNN that cannot be loaded.</param>
/// <param name="Gpus">Number of GPUs.</param>
internal sealed record CudaSupport(bool IsBuilt, IReadOnlyList<string> Missing, int Gpus)
{
    private const string Provider = "CUDAExecutionProvider";

    /// <summary>
    /// What the CUDA provider of ONNX Runtime 1.31 needs: the driver, the runtime and the products of CUDA 13, and cuDNN 9, which it opens
    /// at its first use.
    /// </summary>
    internal static readonly IReadOnlyList<string> Libraries =
        ["libcuda.so.1", "libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13", "libcurand.so.10", "libcudnn.so.9"];

    private static readonly Lazy<CudaSupport> This = new(() => Probe(HasProvider(), Loads));

    /// <summary>No support: what a request for the CPU needs to know.</summary>
    public static CudaSupport None { get; } = new(false, [], 0);

    /// <summary>The support of this machine, probed once.</summary>
    public static CudaSupport OfThisMachine => This.Value;

    /// <summary>Why CUDA cannot be used, as the end of a sentence; null if it can.</summary>
    public string? Problem
    {
        get
        {
            if (!IsBuilt) return "this build has ONNX Runtime for the CPU only; build with DiaAccelerator=cuda, on Linux x64.";
            if (Missing.Count > 0)
                return $"{string.Join(", ", Missing)} cannot be loaded; needed are an NVIDIA driver for CUDA 13, CUDA 13 and cuDNN 9.";
            return Gpus == 0 ? "the driver finds no GPU." : null;
        }
    }

    /// <summary>Probes each library, and the GPUs if none is missing.</summary>
    /// <param name="isBuilt">Whether the natives of this build have the CUDA provider.</param>
    /// <param name="loads">Whether a library can be loaded.</param>
    internal static CudaSupport Probe(bool isBuilt, Func<string, bool> loads)
    {
        if (!isBuilt) return None;
        string[] missing = [.. Libraries.Where(library => !loads(library))];
        return new CudaSupport(true, missing, missing.Length == 0 ? CudaRuntime.CountGpus() : 0);
    }

    private static bool HasProvider()
    {
        try
        {
            return OrtEnv.Instance().GetAvailableProviders().Contains(Provider);
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            // ONNX Runtime itself does not load; the load of the model says so.
            return false;
        }
    }

    // The libraries stay loaded: the provider needs the same ones.
    private static bool Loads(string library) => NativeLibrary.TryLoad(library, out _);
}
