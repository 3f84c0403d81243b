using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// A zeroed tensor at a fixed address of a device, row-major, of an element type known at run time; bound to sessions and written in place.
/// </summary>
internal sealed class DeviceTensor : IDisposable
{
    private readonly Device _device;
    private readonly long _count;
    private readonly bool _isOwner;
    private nint _address;

    public DeviceTensor(Device device, OnnxType type, params long[] shape)
    {
        _device = device;
        _count = Count(shape);
        _address = device.Allocate(checked(_count * type.ByteSize()));
        _isOwner = true;
        Type = type;
        Shape = shape;
        Value = View(0, shape);
    }

    /// <summary>A part of another tensor, from element <paramref name="offset"/> on; the other must outlive it.</summary>
    public DeviceTensor(DeviceTensor whole, long offset, params long[] shape)
    {
        _device = whole._device;
        _count = Count(shape);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + _count, whole._count);
        _address = whole._address + (nint)(offset * whole.Type.ByteSize());
        Type = whole.Type;
        Shape = shape;
        Value = View(0, shape);
    }

    /// <summary>Element type.</summary>
    public OnnxType Type { get; }

    /// <summary>Dimensions.</summary>
    public long[] Shape { get; }

    /// <summary>The whole tensor; lives as long as this object.</summary>
    public OrtValue Value { get; }

    /// <summary>
    /// A tensor of <paramref name="shape"/> over this memory, from element <paramref name="offset"/> on. The caller disposes of it.
    /// </summary>
    public OrtValue View(long offset, params long[] shape)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + Count(shape), _count);
        return CreateValue(_device.Memory, Type, shape, _address + (nint)(offset * Type.ByteSize()));
    }

    /// <summary>Elements from the host, in this tensor's type, over the whole of it.</summary>
    public void Write(ReadOnlySpan<byte> elements)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(elements.Length, _count * Type.ByteSize());
        _device.Write(elements, _address);
    }

    /// <summary>All elements as fp32 on the host; at most 2^31 bytes.</summary>
    public float[] ToSingles()
    {
        var raw = new byte[checked((int)(_count * Type.ByteSize()))];
        _device.Read(_address, raw);
        return OnnxElements.Widen(raw, Type);
    }

    /// <summary>
    /// Copies all of <paramref name="source"/> into this tensor in <paramref name="blocks"/> equal blocks: block i goes to element
    /// <paramref name="offset"/> + i * <paramref name="stride"/>. Both have the same device and the same type, or fp32 is rounded to bf16
    /// if the device has <see cref="Device.HasHostOperators"/>.
    /// </summary>
    public void CopyBlocks(DeviceTensor source, int blocks, long offset, long stride)
    {
        var narrows = source.Type == OnnxType.Float && Type == OnnxType.BFloat16 && _device.HasHostOperators;
        if (source.Type != Type && !narrows)
            throw new ArgumentException($"A tensor of {source.Type} cannot be copied into one of {Type}.", nameof(source));
        var length = source._count / blocks;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, stride);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + (blocks - 1) * stride + length, _count);
        long size = Type.ByteSize();
        var to = _address + (nint)(offset * size);
        if (narrows) _device.NarrowBlocks(source._address, to, stride, length, blocks);
        else _device.CopyBlocks(source._address, length * size, to, stride * size, length * size, blocks);
    }

    /// <summary>
    /// Copies <paramref name="blocks"/> blocks of <paramref name="length"/> elements each within this tensor; block i begins i times the
    /// stride behind <paramref name="from"/> and goes as far behind <paramref name="to"/>. The two must not overlap.
    /// </summary>
    public void CopyWithin(long from, long to, int blocks, long length, long stride)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, stride);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(from, to) + (blocks - 1) * stride + length, _count);
        long size = Type.ByteSize();
        var start = _address + (nint)(from * size);
        _device.CopyBlocks(start, stride * size, _address + (nint)(to * size), stride * size, length * size, blocks);
    }

    public void Dispose()
    {
        if (_address == 0) return;
        Value.Dispose();
        if (_isOwner) _device.Free(_address);
        _address = 0;
    }

    /// <summary>A value over memory that outlives it. ONNX Runtime numbers element types as onnx.proto does.</summary>
    internal static OrtValue CreateValue(OrtMemoryInfo memory, OnnxType type, long[] shape, nint address) =>
        OrtValue.CreateTensorValueWithData(memory, (TensorElementType)type, shape, address, Count(shape) * type.ByteSize());

    /// <summary>Elements of a shape.</summary>
    internal static long Count(long[] shape) => shape.Aggregate(1L, (product, dim) => checked(product * dim));
}
