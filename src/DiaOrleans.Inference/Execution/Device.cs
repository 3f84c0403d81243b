using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// A processor that sessions run on, one sealed class a kind: its session options, its memory and the copies between that memory and the
/// host's. An instance stands for the hardware and one stream of work on it, and lives as long as the process.
/// </summary>
public abstract class Device
{
    // The first session that knows a domain writes its name into a table that all sessions read, without a lock (CreateCustomRegistry in
    // custom_ops.cc). It is this one, and no other session is created before it.
    private static readonly Lazy<bool> KnowsOperators = new(CreateFirstSession);

    private protected Device(string name) => Name = name;

    /// <summary>The host's processor.</summary>
    public static Device Cpu { get; } = new CpuDevice();

    /// <summary>Name in settings and logs, for example cpu or cuda:0.</summary>
    public string Name { get; }

    /// <summary>ONNX Runtime's name for the memory of this device.</summary>
    internal abstract OrtMemoryInfo Memory { get; }

    /// <summary>Whether the first run of a decoder's step is recorded and the later ones replay it at the same addresses.</summary>
    internal virtual bool CapturesSteps => false;

    /// <summary>Whether its sessions know <see cref="HostOperators"/>.</summary>
    internal virtual bool HasHostOperators => false;

    /// <summary>Bytes of memory that a model and its caches may fill: of the host, the limit of its container included.</summary>
    internal virtual long MemoryBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>
    /// The most slots that are worth their memory: on a host's cores, a larger batch takes about as much longer as it does more
    /// (bench/README.md).
    /// </summary>
    internal virtual int MostSlots => 16;

    /// <summary>
    /// The most windows of the codec that are decoded at once. On a host's cores several at once take as long as one after another, and
    /// more memory (bench/README.md).
    /// </summary>
    internal virtual int MostWindows => 1;

    /// <inheritdoc />
    public override string ToString() => Name;

    /// <summary>A session of a graph on this device.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="threads">Threads on the host within one operator.</param>
    /// <param name="captured">Whether its runs may be captured, if the device does that.</param>
    /// <exception cref="CheckpointException">ONNX Runtime refuses the model.</exception>
    internal InferenceSession CreateSession(GraphModel graph, int threads, bool captured = false)
    {
        Enter();
        _ = KnowsOperators.Value;
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            InterOpNumThreads = 1,
            IntraOpNumThreads = threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (graph.WeightFolder is { } folder) options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
        Configure(options, captured);
        try
        {
            return new InferenceSession(graph.Bytes, options);
        }
        catch (OnnxRuntimeException problem)
        {
            throw new CheckpointException($"{graph.WeightFolder}: ONNX Runtime refuses the model: {problem.Message}", problem);
        }
    }

    private static bool CreateFirstSession()
    {
        var graph = new GraphBuilder("first", OnnxType.Float);
        graph.Output("y", graph.Input("x", OnnxType.Float, 1), OnnxType.Float, 1);
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        HostOperators.AddTo(options);
        new InferenceSession(graph.Build().Bytes, options).Dispose();
        return true;
    }

    /// <summary>Adds the device's execution provider and its options.</summary>
    private protected abstract void Configure(SessionOptions options, bool captured);

    /// <summary>The same hardware with another stream; this instance if the hardware has none.</summary>
    internal virtual Device On(DeviceStream stream) => this;

    /// <summary>Makes the hardware the one that the calling thread's native calls mean.</summary>
    internal virtual void Enter()
    {
    }

    /// <summary>Options of runs that end before they return. The caller disposes of them.</summary>
    internal virtual RunOptions CreateRunOptions() => new();

    /// <summary>
    /// Options of the runs of one binding, at fixed addresses; a copy to the host waits for such a run. The caller disposes of them.
    /// </summary>
    internal virtual RunOptions CreateStepOptions() => new();

    /// <summary>Runs a session of this device.</summary>
    internal virtual void Run(InferenceSession session, RunOptions options, OrtIoBinding binding) =>
        session.RunWithBinding(options, binding);

    /// <summary>Allocates zeroed memory on the device; <see cref="Free"/> releases it.</summary>
    internal abstract nint Allocate(long bytes);

    /// <summary>Releases memory of <see cref="Allocate"/>.</summary>
    internal abstract void Free(nint address);

    /// <summary>Zeroed memory that host and device share or copy between them.</summary>
    internal abstract IStagingBuffer AllocateStaging(long bytes);

    /// <summary>Copies from the host to the device.</summary>
    internal abstract void Write(ReadOnlySpan<byte> from, nint to);

    /// <summary>Copies from the device to the host; waits for the device's work so far.</summary>
    internal abstract void Read(nint from, Span<byte> to);

    /// <summary>
    /// Copies <paramref name="count"/> blocks of <paramref name="bytes"/> each within the device; block i starts i times the stride behind
    /// the first one.
    /// </summary>
    internal abstract void CopyBlocks(nint from, long fromStride, nint to, long toStride, long bytes, long count);

    /// <summary>
    /// Copies blocks of fp32 that lie one behind the other, as bf16; block i goes i times the stride behind <paramref name="to"/>. Stride
    /// and length are elements. Only a device with <see cref="HasHostOperators"/> does that.
    /// </summary>
    internal virtual void NarrowBlocks(nint from, nint to, long toStride, long length, long count) => throw new NotSupportedException();
}
