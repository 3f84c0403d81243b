using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Settings;
using static System.FormattableString;

namespace DiaOrleans.Server.Hosting;

/// <summary>Asks for the memory of a model before it is loaded: a process that takes too much is killed without a message.</summary>
internal static class MemoryCheck
{
    private const double GiB = 1 << 30;

    /// <summary>Checks that a model fits; one whose headers cannot be read is left to its load, which says what is wrong.</summary>
    /// <param name="model">The model, and how it is run.</param>
    /// <param name="options">Whether it is checked.</param>
    /// <param name="memory">Memory of this machine.</param>
    /// <exception cref="SettingsException">It does not fit; the message has the numbers.</exception>
    public static void Require(ModelOptions model, EngineOptions options, HostMemory memory)
    {
        if (!options.MemoryCheck || !model.Device.StartsWith("cpu", StringComparison.OrdinalIgnoreCase)) return;
        try
        {
            Require(model, ModelMemory.Estimate(model), memory.Available());
        }
        catch (CheckpointException)
        {
            // The load reports it.
        }
    }

    /// <summary>Compares what a model needs with what is available.</summary>
    /// <exception cref="SettingsException">It does not fit.</exception>
    internal static void Require(ModelOptions model, ModelMemory needed, long available)
    {
        if (needed.Total <= available) return;
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(model.Folder));
        var weights = Invariant($"weights in {model.Precision} {needed.Weights / GiB:0.0}");
        var slots = needed.Slots == 1 ? "one slot" : Invariant($"{needed.Slots} slots");
        var parts = Invariant($"{weights}, caches of {slots} {needed.Caches / GiB:0.0}");
        var numbers = Invariant($"it needs about {needed.Total / GiB:0.0} GiB ({parts}), and {available / GiB:0.0} GiB are available");
        var advice = $"{Advise(model, needed)}; DIA_MEMORY_CHECK=off loads it anyway.";
        throw new SettingsException($"{name} does not fit into the memory of this machine: {numbers}. {advice}")
        {
            Setting = nameof(EngineOptions.Model),
        };
    }

    private static string Advise(ModelOptions model, ModelMemory needed)
    {
        var bits = Precision.OfCpu.FirstOrDefault(p => p.Name.Equals(model.Precision, StringComparison.OrdinalIgnoreCase))?.WeightBits;
        var smaller = string.Join(" or ", Precision.OfCpu.Where(p => p.WeightBits < (bits ?? int.MaxValue)).Select(p => p.Name));
        List<string> means = [];
        if (needed.Slots > 1) means.Add("fewer slots (--slots)");
        if (smaller.Length > 0) means.Add($"a smaller precision (--precision {smaller})");
        if (means.Count == 0) return "Free memory, or use a smaller model";
        return $"Free memory, or use {string.Join(", ", means)} or a smaller model";
    }
}
