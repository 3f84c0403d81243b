using System.Diagnostics;
using DiaOrleans.Server.Commands.Bench.Load;

namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>How long the disk of a folder takes to keep a small write.</summary>
internal static class DiskFlush
{
    private const int Bytes = 4096;

    /// <summary>Milliseconds of so many writes.</summary>
    public static Percentiles Measure(string folder, int writes)
    {
        var block = new byte[Bytes];
        using var file = new FileStream(Path.Combine(folder, "flush"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        return Percentiles.Of(Enumerable.Range(0, writes).Select(_ => Write()))!;

        double Write()
        {
            var clock = Stopwatch.StartNew();
            file.Write(block);
            file.Flush(flushToDisk: true);
            return clock.Elapsed.TotalMilliseconds;
        }
    }
}
