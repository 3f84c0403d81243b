using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution.Cuda;

/// <summary>
/// A GPU of NVIDIA and a stream on it: ONNX Runtime's CUDA provider on memory of the GPU. Runs and copies of one instance have the order of
/// their calls, which come from one thread at a time.
/// </summary>
internal sealed class CudaDevice : Device
{
    // Bits of the option sdpa_kernel; the bit of cuDNN's attention, 8, is not set.
    private const int FlashAttention = 1;
    private const int EfficientAttention = 2;
    private const int UnfusedAttention = 16;

    private static readonly ConcurrentDictionary<(int Gpu, DeviceStream Stream), Lazy<CudaDevice>> Known = [];

    private readonly int _gpu;
    private readonly nint _stream;
    private readonly StagingPool _staging;
    private int _graphs;

    private CudaDevice(int gpu) : base($"cuda:{gpu}")
    {
        _gpu = gpu;
        Memory = new OrtMemoryInfo("Cuda", OrtAllocatorType.DeviceAllocator, gpu, OrtMemType.Default);
        CudaRuntime.Enter(gpu);
        _stream = CudaRuntime.CreateStream();
        _staging = new StagingPool(gpu, _stream);
    }

    /// <inheritdoc />
    internal override OrtMemoryInfo Memory { get; }

    /// <summary>The CUDA stream of all runs and copies of this instance.</summary>
    public nint Stream => _stream;

    /// <inheritdoc />
    internal override bool CapturesSteps => true;

    /// <inheritdoc />
    internal override long MemoryBytes
    {
        get
        {
            Enter();
            return CudaRuntime.GetMemory();
        }
    }

    /// <inheritdoc />
    internal override int MostSlots => 32;

    /// <inheritdoc />
    internal override int MostWindows => 4;

    /// <summary>The GPU of that number and its stream of the decoder; <see cref="CudaSupport.Problem"/> must be null.</summary>
    public static CudaDevice Get(int gpu) => Get(gpu, DeviceStream.Decoder);

    /// <inheritdoc />
    internal override Device On(DeviceStream stream) => Get(_gpu, stream);

    /// <summary>
    /// All nodes of a session run on the GPU, else it is refused. A decoder's session captures graphs.
    /// TF32 would round the factors of fp32 products to 11 bits. cuDNN's search for the fastest convolution and its attention prepare each
    /// new shape for a long time, and each text and each window of the codec may be one.
    /// </summary>
    private protected override void Configure(SessionOptions options, bool captured)
    {
        options.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
        using var provider = new OrtCUDAProviderOptions();
        provider.UpdateOptions(new Dictionary<string, string>
        {
            ["device_id"] = _gpu.ToString(CultureInfo.InvariantCulture),
            ["has_user_compute_stream"] = "1",
            ["user_compute_stream"] = _stream.ToString(CultureInfo.InvariantCulture),
            ["enable_cuda_graph"] = captured ? "1" : "0",
            ["use_tf32"] = "0",
            ["cudnn_conv_algo_search"] = "HEURISTIC",
            ["sdpa_kernel"] = (FlashAttention | EfficientAttention | UnfusedAttention).ToString(CultureInfo.InvariantCulture),
            ["arena_extend_strategy"] = "kSameAsRequested",
        });
        options.AppendExecutionProvider_CUDA(provider);
    }

    /// <inheritdoc />
    internal override RunOptions CreateRunOptions() => WithGraph(-1);

    /// <summary>
    /// Options of a graph of its own: the first run captures it, the later ones replay it and return before it has ended.
    /// </summary>
    internal override RunOptions CreateStepOptions()
    {
        var options = WithGraph(Interlocked.Increment(ref _graphs));
        options.AddRunConfigEntry("disable_synchronize_execution_providers", "1");
        return options;
    }

    /// <inheritdoc />
    internal override void Run(InferenceSession session, RunOptions options, OrtIoBinding binding)
    {
        Enter();
        base.Run(session, options, binding);
    }

    /// <inheritdoc />
    internal override void Enter() => CudaRuntime.Enter(_gpu);

    /// <inheritdoc />
    internal override nint Allocate(long bytes)
    {
        Enter();
        return CudaRuntime.Allocate(Math.Max(bytes, 1), _stream);
    }

    /// <inheritdoc />
    internal override void Free(nint address)
    {
        Enter();
        // A copy of this memory may not have ended.
        CudaRuntime.Wait(_stream);
        CudaRuntime.Free(address);
    }

    /// <inheritdoc />
    internal override IStagingBuffer AllocateStaging(long bytes)
    {
        Enter();
        return _staging.Take(bytes);
    }

    /// <inheritdoc />
    internal override unsafe void Write(ReadOnlySpan<byte> from, nint to)
    {
        Enter();
        fixed (byte* source = from) CudaRuntime.Copy(to, (nint)source, from.Length, CopyKind.HostToDevice, _stream);
        CudaRuntime.Wait(_stream);
    }

    /// <inheritdoc />
    internal override unsafe void Read(nint from, Span<byte> to)
    {
        Enter();
        fixed (byte* target = to) CudaRuntime.Copy((nint)target, from, to.Length, CopyKind.DeviceToHost, _stream);
        CudaRuntime.Wait(_stream);
    }

    /// <inheritdoc />
    internal override void CopyBlocks(nint from, long fromStride, nint to, long toStride, long bytes, long count)
    {
        Enter();
        CudaRuntime.CopyBlocks(to, toStride, from, fromStride, bytes, count, _stream);
    }

    private static CudaDevice Get(int gpu, DeviceStream stream) =>
        Known.GetOrAdd((gpu, stream), key => new Lazy<CudaDevice>(() => new CudaDevice(key.Gpu))).Value;

    private static RunOptions WithGraph(int id)
    {
        var options = new RunOptions();
        options.AddRunConfigEntry("gpu_graph_id", id.ToString(CultureInfo.InvariantCulture));
        return options;
    }
}
