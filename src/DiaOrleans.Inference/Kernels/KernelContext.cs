using System.Runtime.InteropServices;

namespace DiaOrleans.Inference.Kernels;

/// <summary>Inputs and outputs of one call of a <see cref="HostOperator"/>; valid until it returns. Tensors are row-major.</summary>
/// <param name="context">OrtKernelContext.</param>
internal readonly unsafe ref struct KernelContext(nint context)
{
    /// <summary>The elements of an input.</summary>
    public T* Input<T>(int index) where T : unmanaged => (T*)Data(Value(index));

    /// <summary>Writes the dimensions of an input.</summary>
    /// <param name="index">The input.</param>
    /// <param name="dims">As many as it has.</param>
    /// <exception cref="InvalidOperationException">It has another number of dimensions.</exception>
    public void Shape(int index, Span<long> dims)
    {
        var count = ShapeWithin(index, dims).Length;
        if (count != dims.Length) throw new InvalidOperationException($"Input {index} has {count} dimensions; expected {dims.Length}.");
    }

    /// <summary>The dimensions of an input, written to <paramref name="room"/>.</summary>
    /// <param name="index">The input.</param>
    /// <param name="room">As many as it has, or more.</param>
    /// <exception cref="InvalidOperationException">It has more dimensions.</exception>
    public Span<long> ShapeWithin(int index, Span<long> room)
    {
        nint info;
        var api = OrtNative.Api;
        OrtNative.Check(((delegate* unmanaged<nint, nint*, nint>)api->GetTensorTypeAndShape)(Value(index), &info));
        try
        {
            nuint count;
            OrtNative.Check(((delegate* unmanaged<nint, nuint*, nint>)api->GetDimensionsCount)(info, &count));
            if (count > (nuint)room.Length)
                throw new InvalidOperationException($"Input {index} has {count} dimensions; expected {room.Length} at most.");
            var getDimensions = (delegate* unmanaged<nint, long*, nuint, nint>)api->GetDimensions;
            fixed (long* first = room) OrtNative.Check(getDimensions(info, first, count));
            return room[..(int)count];
        }
        finally
        {
            ((delegate* unmanaged<nint, void>)api->ReleaseTensorTypeAndShapeInfo)(info);
        }
    }

    /// <summary>Allocates an output, unless the session's caller has; its elements are to be written.</summary>
    public T* Output<T>(int index, ReadOnlySpan<long> dims) where T : unmanaged
    {
        nint value;
        var getOutput = (delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)OrtNative.Api->KernelContext_GetOutput;
        fixed (long* first = dims) OrtNative.Check(getOutput(context, (nuint)index, first, (nuint)dims.Length, &value));
        return (T*)Data(value);
    }

    /// <summary>
    /// Calls <paramref name="body"/> with the state and 0 to <paramref name="count"/> - 1 on the session's threads; returns after the last
    /// call.
    /// </summary>
    /// <exception cref="InvalidOperationException">A call has thrown.</exception>
    public void ParallelFor(int count, delegate*<void*, int, void> body, void* state)
    {
        var loop = new Loop(body, state);
        var parallelFor = (delegate* unmanaged<nint, delegate* unmanaged<Loop*, nuint, void>, nuint, nuint, Loop*, nint>)
            OrtNative.Api->KernelContext_ParallelFor;
        OrtNative.Check(parallelFor(context, &Turn, (nuint)count, 0, &loop));
        if (loop.HasThrown) throw new InvalidOperationException("A part of an operator's work has thrown.");
    }

    [UnmanagedCallersOnly]
    private static void Turn(Loop* loop, nuint index)
    {
        try
        {
            loop->Body(loop->State, (int)index);
        }
        catch (Exception)
        {
            loop->HasThrown = true;
        }
    }

    private nint Value(int index)
    {
        nint value;
        var getInput = (delegate* unmanaged<nint, nuint, nint*, nint>)OrtNative.Api->KernelContext_GetInput;
        OrtNative.Check(getInput(context, (nuint)index, &value));
        return value;
    }

    private static void* Data(nint value)
    {
        void* data;
        OrtNative.Check(((delegate* unmanaged<nint, void**, nint>)OrtNative.Api->GetTensorMutableData)(value, &data));
        return data;
    }

    private struct Loop(delegate*<void*, int, void> body, void* state)
    {
        public readonly delegate*<void*, int, void> Body = body;
        public readonly void* State = state;
        public bool HasThrown;
    }
}
