using System.Diagnostics;
using System.Numerics.Tensors;

namespace DiaOrleans.Inference.Benchmarks;

/// <summary>How fast this machine reads its memory.</summary>
internal static class MemoryBandwidth
{
    // Larger than the caches of most processors.
    private const int BytesPerThread = 1 << 28;
    private const int Rounds = 5;

    /// <summary>Bytes a second that a number of threads read together; the best of a few rounds.</summary>
    public static double Measure(int threads)
    {
        var parts = new float[threads][];
        Parallel.For(0, threads, i =>
        {
            parts[i] = new float[BytesPerThread / sizeof(float)];
            Array.Fill(parts[i], 1f);
        });
        var best = 0.0;
        for (var round = 0; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            Parallel.For(0, threads, i => TensorPrimitives.Sum(parts[i]));
            best = Math.Max(best, (double)threads * BytesPerThread / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return best;
    }
}
