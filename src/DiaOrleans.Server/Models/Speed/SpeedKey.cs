using System.Globalization;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Server.Models.Speed;

/// <summary>What a measured speed depends on.</summary>
/// <param name="Machine">Processor and number of its cores.</param>
/// <param name="Model">Name of the checkpoint's folder, and bytes of its weights.</param>
/// <param name="Device">Name of the device.</param>
/// <param name="Precision">Name of the precision.</param>
/// <param name="Threads">Threads of the settings; 0 if they are chosen by the model's size.</param>
internal sealed record SpeedKey(string Machine, string Model, string Device, string Precision, int Threads)
{
    /// <summary>The key of a model on this machine.</summary>
    public static SpeedKey Create(ModelOptions model) => new(
        string.Create(CultureInfo.InvariantCulture, $"{ReadProcessor()}, {Environment.ProcessorCount} cores"),
        DescribeModel(Path.GetFullPath(model.Folder)),
        model.Device,
        model.Precision,
        model.Threads);

    private static string DescribeModel(string folder)
    {
        string[] weights = [".safetensors", ".pth", ".bin"];
        var bytes = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Where(file => weights.Contains(Path.GetExtension(file))).Sum(SizeOf)
            : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}, {bytes} bytes");
    }

    private static long SizeOf(string file) => new FileInfo(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file).Length;

    private static string ReadProcessor()
    {
        const string File = "/proc/cpuinfo";
        var line = System.IO.File.Exists(File)
            ? System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?.Split(':', 2)[1].Trim()
            ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();
    }
}
