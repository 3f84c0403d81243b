using System.Globalization;
using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Quantisation;

/// <summary>Progress of quantising a checkpoint.</summary>
/// <param name="Checkpoint">Folder of the checkpoint.</param>
/// <param name="File">The file that is written.</param>
/// <param name="Percent">What is done, 0 to 100.</param>
public sealed record QuantisationProgress(string Checkpoint, string File, int Percent);

/// <summary>
/// Quantised weights in a folder: made at the first use of a checkpoint, then read. A file is complete or not there; one that is damaged is
/// made again. Any of them may be deleted while no model is loaded. Processes may share the folder.
/// </summary>
/// <param name="folder">The folder; created if it is missing.</param>
/// <param name="freeBytes">Free bytes of the disk of a folder; null asks the system.</param>
internal sealed class QuantisedCache(string folder, Func<string, long>? freeBytes = null)
{
    // Part of the file names: raise it if the content of the files changes.
    private const int Format = 3;
    private const int PercentStep = 10;

    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(100);

    private readonly Func<string, long> _freeBytes = freeBytes ?? (path => new DriveInfo(path).AvailableFreeSpace);

    /// <summary>The checkpoint with its weights quantised to <paramref name="bits"/> bits.</summary>
    /// <param name="checkpoint">A checkpoint as published.</param>
    /// <param name="bits">8 or 4.</param>
    /// <param name="report">Receives the progress if the file has to be made.</param>
    /// <exception cref="CheckpointException">The file cannot be written; the message says why, and what to do.</exception>
    public DiaCheckpoint Open(DiaCheckpoint checkpoint, int bits, Action<QuantisationProgress>? report = null)
    {
        var layout = BlockLayout.Of(bits);
        try
        {
            Directory.CreateDirectory(folder);
            var path = PathOf(new CheckpointHash(folder).Of(checkpoint), layout);
            if (TryOpen(path, checkpoint, layout) is { } ready) return ready;
            using var held = Lock($"{path}.lock");
            return TryOpen(path, checkpoint, layout) ?? Make(path, checkpoint, layout, report);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                $"{folder}: the quantised weights cannot be written: {problem.Message} Mend the folder, or choose precision fp32.",
                problem);
        }
    }

    /// <summary>Names of the precisions whose weights of a checkpoint are here. No weights are read.</summary>
    public IReadOnlyList<string> FindPrecisions(DiaCheckpoint checkpoint)
    {
        if (new CheckpointHash(folder).FindKept(checkpoint) is not { } hash) return [];
        int[] bits = [8, 4];
        return [.. bits.Where(n => File.Exists(PathOf(hash, BlockLayout.Of(n)))).Select(n => $"int{n}")];
    }

    private string PathOf(string hash, BlockLayout layout) => Path.Combine(folder, $"{hash}.{layout.Name}.v{Format}.safetensors");

    private static DiaCheckpoint? TryOpen(string path, DiaCheckpoint checkpoint, BlockLayout layout)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return QuantisedFile.Open(path, checkpoint, layout);
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    private DiaCheckpoint Make(string path, DiaCheckpoint checkpoint, BlockLayout layout, Action<QuantisationProgress>? report)
    {
        foreach (var old in Directory.EnumerateFiles(folder, $"{Path.GetFileName(path)}.*.part")) File.Delete(old);
        DeleteOlderFormats(path, layout);
        RequireSpace(QuantisedFile.Size(checkpoint, layout));
        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write))
                QuantisedFile.Write(file, checkpoint, layout, Steps(path, checkpoint, report));

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }

        return QuantisedFile.Open(path, checkpoint, layout);
    }

    /// <summary>
    /// Files of the precision in any order. One that a model has open stays on Windows; elsewhere the model keeps its mapping.
    /// </summary>
    private void DeleteOlderFormats(string path, BlockLayout layout)
    {
        var name = Path.GetFileName(path);
        var hash = name[..name.IndexOf('.', StringComparison.Ordinal)];
        foreach (var old in Directory.EnumerateFiles(folder, $"{hash}.int{layout.Bits}*.v*.safetensors"))
        {
            if (FormatOf(Path.GetFileName(old)) is not < Format) continue;
            try
            {
                File.Delete(old);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
            }
        }
    }

    private static int? FormatOf(string name)
    {
        var digits = name.Split('.')[^2].TrimStart('v');
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var format) ? format : null;
    }

    private void RequireSpace(long bytes)
    {
        const double MiB = 1 << 20;
        var free = _freeBytes(folder);
        if (free >= bytes) return;
        throw new IOException(FormattableString.Invariant($"They need {bytes / MiB:F0} MiB, and {free / MiB:F0} MiB are free."));
    }

    /// <summary>Reports 0 at once, and then each further step.</summary>
    private static Action<double> Steps(string path, DiaCheckpoint checkpoint, Action<QuantisationProgress>? report)
    {
        var reported = -PercentStep;
        Report(0);
        return Report;

        void Report(double done)
        {
            var percent = (int)(100 * done) / PercentStep * PercentStep;
            if (percent <= reported) return;
            reported = percent;
            report?.Invoke(new QuantisationProgress(checkpoint.Folder, path, percent));
        }
    }

    /// <summary>
    /// Waits while another process makes the file. The system unlocks it if that process ends; the empty file stays.
    /// </summary>
    private static FileStream Lock(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException problem) when (problem.GetType() == typeof(IOException) && File.Exists(path))
            {
                Thread.Sleep(LockPoll);
            }
        }
    }
}
