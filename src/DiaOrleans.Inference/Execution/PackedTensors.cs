using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>The layout of small tensors in one buffer, in the order of their adding.</summary>
internal sealed class PackedLayout
{
    // The alignment of CUDA's own allocations.
    private const long Alignment = 256;

    private readonly List<PackedTensor> _tensors = [];

    /// <summary>The tensors so far.</summary>
    public IReadOnlyList<PackedTensor> Tensors => _tensors;

    /// <summary>Bytes of all tensors so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds a tensor that sessions read or write on the device.</summary>
    public PackedField<T> Add<T>(string name, params long[] shape) where T : unmanaged => Add<T>(name, onHost: false, shape);

    /// <summary>
    /// Adds a tensor that sessions read in the host's memory, on every device: a shape or a length that operators are launched with.
    /// </summary>
    public PackedField<T> AddForHost<T>(string name, params long[] shape) where T : unmanaged => Add<T>(name, onHost: true, shape);

    private PackedField<T> Add<T>(string name, bool onHost, long[] shape) where T : unmanaged
    {
        var tensor = new PackedTensor(name, TypeOf<T>(), shape, Bytes, onHost);
        _tensors.Add(tensor);
        var count = DeviceTensor.Count(shape);
        Bytes += (count * tensor.Type.ByteSize() + Alignment - 1) / Alignment * Alignment;
        return new PackedField<T>(tensor.Offset, checked((int)count));
    }

    private static OnnxType TypeOf<T>()
    {
        if (typeof(T) == typeof(float)) return OnnxType.Float;
        if (typeof(T) == typeof(int)) return OnnxType.Int32;
        if (typeof(T) == typeof(long)) return OnnxType.Int64;
        if (typeof(T) == typeof(bool)) return OnnxType.Bool;
        throw new NotSupportedException($"No tensor of {typeof(T).Name} can be packed.");
    }
}

/// <summary>One tensor of a packed buffer.</summary>
/// <param name="Name">Graph input or output.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Offset">Bytes from the start of the buffer.</param>
/// <param name="OnHost">Whether sessions read it in the host's memory.</param>
internal sealed record PackedTensor(string Name, OnnxType Type, long[] Shape, long Offset, bool OnHost);

/// <summary>The elements of one packed tensor on the host.</summary>
/// <param name="Offset">Bytes from the start of the buffer.</param>
/// <param name="Count">Number of elements.</param>
internal readonly record struct PackedField<T>(long Offset, int Count) where T : unmanaged;

/// <summary>Small tensors in one staging buffer, so that one copy moves them all; zeroed at first.</summary>
internal sealed unsafe class PackedTensors : IDisposable
{
    private readonly Device _device;
    private readonly PackedLayout _layout;
    private readonly IStagingBuffer _buffer;

    public PackedTensors(Device device, PackedLayout layout)
    {
        _device = device;
        _layout = layout;
        _buffer = device.AllocateStaging(layout.Bytes);
    }

    /// <summary>The host's elements of one tensor, row-major.</summary>
    public Span<T> Elements<T>(PackedField<T> field) where T : unmanaged => new((T*)(_buffer.Host + (nint)field.Offset), field.Count);

    /// <summary>
    /// Binds the graph inputs to the tensors of their names: of those on the device, the first <paramref name="rows"/> of the first
    /// dimension; those in the host's memory whole. Dispose of the result after the last run.
    /// </summary>
    public IDisposable BindInputs(OrtIoBinding binding, long rows)
    {
        var views = new Disposables();
        foreach (var tensor in _layout.Tensors) binding.BindInput(tensor.Name, views.Add(View(tensor, rows)));
        return views;
    }

    /// <summary>Binds the graph outputs likewise.</summary>
    public IDisposable BindOutputs(OrtIoBinding binding, long rows)
    {
        var views = new Disposables();
        foreach (var tensor in _layout.Tensors) binding.BindOutput(tensor.Name, views.Add(View(tensor, rows)));
        return views;
    }

    /// <summary>Copies the host's elements to the device.</summary>
    public void Upload() => _buffer.Upload();

    /// <summary>Copies the device's elements to the host.</summary>
    public void Download() => _buffer.Download();

    public void Dispose() => _buffer.Dispose();

    private OrtValue View(PackedTensor tensor, long rows)
    {
        if (tensor.OnHost) return Value(OrtMemoryInfo.DefaultInstance, tensor.Shape, _buffer.Host);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, tensor.Shape[0]);
        return Value(_device.Memory, [rows, .. tensor.Shape[1..]], _buffer.Device);

        OrtValue Value(OrtMemoryInfo memory, long[] shape, nint start) =>
            DeviceTensor.CreateValue(memory, tensor.Type, shape, start + (nint)tensor.Offset);
    }
}
