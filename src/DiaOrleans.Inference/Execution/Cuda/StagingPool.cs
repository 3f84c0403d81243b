using System.Collections.Concurrent;
using System.Numerics;

namespace DiaOrleans.Inference.Execution.Cuda;

/// <summary>
/// Buffers of pinned memory of the host and as much on the GPU. A buffer that is disposed of is kept for the next one of its size, because
/// an allocation of pinned memory takes as long as several steps.
/// </summary>
/// <param name="gpu">Number of the GPU.</param>
/// <param name="stream">Stream of the copies.</param>
internal sealed class StagingPool(int gpu, nint stream)
{
    private const long Smallest = 4096;

    private readonly int _gpu = gpu;
    private readonly nint _stream = stream;
    private readonly ConcurrentDictionary<long, ConcurrentBag<Memory>> _free = [];

    /// <summary>A zeroed buffer. Its copies have the order of the stream's work.</summary>
    public IStagingBuffer Take(long bytes)
    {
        var size = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(bytes, Smallest));
        if (FreeOf(size).TryTake(out var memory))
        {
            CudaRuntime.ClearPinned(memory.Host, bytes);
            CudaRuntime.Clear(memory.Device, bytes, _stream);
        }
        else
        {
            memory = new Memory(CudaRuntime.AllocatePinned(size), CudaRuntime.Allocate(size, _stream));
        }

        return new Buffer(this, memory, bytes, size);
    }

    private ConcurrentBag<Memory> FreeOf(long size) => _free.GetOrAdd(size, _ => []);

    private sealed record Memory(nint Host, nint Device);

    private sealed class Buffer(StagingPool pool, Memory memory, long bytes, long size) : IStagingBuffer
    {
        private Memory? _memory = memory;

        public nint Host => _memory?.Host ?? 0;

        public nint Device => _memory?.Device ?? 0;

        public void Upload()
        {
            CudaRuntime.Enter(pool._gpu);
            CudaRuntime.Copy(Device, Host, bytes, CopyKind.HostToDevice, pool._stream);
        }

        public void Download()
        {
            CudaRuntime.Enter(pool._gpu);
            CudaRuntime.Copy(Host, Device, bytes, CopyKind.DeviceToHost, pool._stream);
            CudaRuntime.Wait(pool._stream);
        }

        /// <summary>Waits for the copies: the next user may write at once.</summary>
        public void Dispose()
        {
            if (_memory is not { } memory) return;
            CudaRuntime.Enter(pool._gpu);
            CudaRuntime.Wait(pool._stream);
            _memory = null;
            pool.FreeOf(size).Add(memory);
        }
    }
}
