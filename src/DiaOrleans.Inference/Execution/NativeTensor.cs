using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Execution;

/// <summary>A zeroed host tensor at a fixed address, to be bound once and written in place. The pages it never touches cost nothing.</summary>
internal sealed unsafe class NativeTensor<T> : IDisposable where T : unmanaged
{
    private readonly nuint _count;
    private T* _memory;

    public NativeTensor(params long[] shape)
    {
        Shape = shape;
        _count = (nuint)shape.Aggregate(1L, (product, dim) => checked(product * dim));
        _memory = (T*)NativeMemory.AllocZeroed(Math.Max(_count, 1), (nuint)sizeof(T));
        Value = View(0, shape);
    }

    public long[] Shape { get; }

    /// <summary>The whole tensor; lives as long as this object.</summary>
    public OrtValue Value { get; }

    /// <summary>All elements, row-major; at most 2^31.</summary>
    public Span<T> Span => new(_memory, checked((int)_count));

    /// <summary>Elements of the index-th part along the first axis.</summary>
    public Span<T> Part(int index)
    {
        var size = (int)(_count / (nuint)Shape[0]);
        return new Span<T>(_memory + (nuint)size * (nuint)index, size);
    }

    /// <summary>A tensor of <paramref name="shape"/> over this memory, from element <paramref name="offset"/> on. The caller disposes of it.</summary>
    public OrtValue View(long offset, params long[] shape)
    {
        var count = shape.Aggregate(1L, (product, dim) => product * dim);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((nuint)(offset + count), _count);
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, Element, shape, (nint)(_memory + offset), count * sizeof(T));
    }

    public void Dispose()
    {
        if (_memory is null) return;
        Value.Dispose();
        NativeMemory.Free(_memory);
        _memory = null;
    }

    private static TensorElementType Element =>
        typeof(T) == typeof(float) ? TensorElementType.Float :
        typeof(T) == typeof(long) ? TensorElementType.Int64 :
        typeof(T) == typeof(int) ? TensorElementType.Int32 :
        throw new NotSupportedException($"No tensors of {typeof(T).Name}.");
}
