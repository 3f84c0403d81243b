using System.Runtime.InteropServices;
using DiaOrleans.Inference.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>The host's processor: ONNX Runtime's CPU provider on the host's own memory.</summary>
internal sealed unsafe class CpuDevice() : Device("cpu")
{
    /// <inheritdoc />
    internal override OrtMemoryInfo Memory => OrtMemoryInfo.DefaultInstance;

    /// <inheritdoc />
    internal override bool HasHostOperators => true;

    /// <summary>Every session has the CPU provider.</summary>
    private protected override void Configure(SessionOptions options, bool captured) => HostOperators.AddTo(options);

    /// <summary>Pages that are never written to take no memory.</summary>
    internal override nint Allocate(long bytes) => (nint)NativeMemory.AllocZeroed((nuint)Math.Max(bytes, 1));

    /// <inheritdoc />
    internal override void Free(nint address) => NativeMemory.Free((void*)address);

    /// <inheritdoc />
    internal override IStagingBuffer AllocateStaging(long bytes) => new HostBuffer(this, bytes);

    /// <inheritdoc />
    internal override void Write(ReadOnlySpan<byte> from, nint to) => from.CopyTo(new Span<byte>((void*)to, from.Length));

    /// <inheritdoc />
    internal override void Read(nint from, Span<byte> to) => new ReadOnlySpan<byte>((void*)from, to.Length).CopyTo(to);

    /// <inheritdoc />
    internal override void CopyBlocks(nint from, long fromStride, nint to, long toStride, long bytes, long count)
    {
        for (var i = 0L; i < count; i++)
        {
            var source = (byte*)from + i * fromStride;
            NativeMemory.Copy(source, (byte*)to + i * toStride, (nuint)bytes);
        }
    }

    /// <inheritdoc />
    internal override void NarrowBlocks(nint from, nint to, long toStride, long length, long count)
    {
        for (var i = 0L; i < count; i++) NarrowRows.Write((float*)from + i * length, (ushort*)to + i * toStride, checked((int)length));
    }

    private sealed class HostBuffer(CpuDevice device, long bytes) : IStagingBuffer
    {
        public nint Host { get; private set; } = device.Allocate(bytes);

        public nint Device => Host;

        public void Upload()
        {
        }

        public void Download()
        {
        }

        public void Dispose()
        {
            device.Free(Host);
            Host = 0;
        }
    }
}
