using System.Globalization;
using DiaOrleans.Inference.Execution.Cuda;

namespace DiaOrleans.Inference.Execution;

/// <summary>The devices that run a model, an engine each, and the precision of all.</summary>
/// <param name="Devices">Names that <see cref="ExecutionTarget.Parse"/> takes: cpu alone, or cuda:0, cuda:1 and so on.</param>
/// <param name="Precision">Name of a precision that the devices offer.</param>
/// <param name="CodecPrecision">Name of the precision of the codec's decoder.</param>
/// <param name="Warning">Why the CPU is used and not CUDA, if a user does not expect it; null if there is nothing to say.</param>
public sealed record DeviceChoice(IReadOnlyList<string> Devices, string Precision, string CodecPrecision, string? Warning)
{
    /// <summary>The device of a request that leaves the choice to this class.</summary>
    public const string Auto = "auto";

    private const string Cpu = "cpu";
    private const string Cuda = "cuda";

    /// <summary>Whether the devices are GPUs.</summary>
    public bool IsCuda => Devices[0] != Cpu;

    /// <summary>Numbers of the GPUs among the devices.</summary>
    public IReadOnlyList<int> Gpus => [.. Devices.Select(GpuNumber).OfType<int>()];

    /// <summary>The number in the name of a GPU: 1 for cuda:1, and 0 for cuda; null for another name.</summary>
    public static int? GpuNumber(string device)
    {
        if (device.Equals(Cuda, StringComparison.OrdinalIgnoreCase)) return 0;
        var isGpu = device.StartsWith($"{Cuda}:", StringComparison.OrdinalIgnoreCase);
        return isGpu && int.TryParse(device.AsSpan(Cuda.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    /// <summary>Chooses on this machine.</summary>
    /// <exception cref="ArgumentException">The request cannot be met; the message says what is valid, or what is missing.</exception>
    public static DeviceChoice Make(DeviceRequest request)
    {
        var isCpu = request.Device.Equals(Cpu, StringComparison.OrdinalIgnoreCase);
        return Make(request, isCpu ? CudaSupport.None : CudaSupport.OfThisMachine);
    }

    /// <summary>Chooses on a machine with the given support of CUDA.</summary>
    /// <exception cref="ArgumentException">The request cannot be met; the message says what is valid, or what is missing.</exception>
    internal static DeviceChoice Make(DeviceRequest request, CudaSupport cuda)
    {
        if (request.Device.Equals(Auto, StringComparison.OrdinalIgnoreCase)) return MakeAuto(request, cuda);
        if (request.Device.Equals(Cpu, StringComparison.OrdinalIgnoreCase)) return OnCpu(request, warning: null);
        if (GpuNumber(request.Device) is not { } number) throw Invalid(request);

        var all = request.Device.Equals(Cuda, StringComparison.OrdinalIgnoreCase);
        var choice = OnCuda(all ? request : request with { Gpus = [number] }, cuda, out var problem);
        return choice ?? throw new ArgumentException($"Device {request.Device} is not available: {problem}");
    }

    private static DeviceChoice MakeAuto(DeviceRequest request, CudaSupport cuda)
    {
        if (!Offers(Execution.Precision.OfCuda, request.Precision)) return OnCpu(request, warning: null);
        if (OnCuda(request, cuda, out var problem) is { } choice) return choice;
        if (!Offers(Execution.Precision.OfCpu, request.Precision))
            throw new ArgumentException($"Precision {request.Precision} needs a GPU: {problem}");
        // A build without CUDA was made for the CPU; nobody has to be told.
        return OnCpu(request, cuda.IsBuilt ? $"The model runs on the CPU, because CUDA is not available: {problem}" : null);
    }

    private static DeviceChoice OnCpu(DeviceRequest request, string? warning)
    {
        var precision = Find(Execution.Precision.OfCpu, request.Precision) ?? throw Invalid(request);
        return new DeviceChoice([Cpu], precision, FindCodec(Execution.Precision.OfCpuCodec, request), warning);
    }

    /// <summary>The allowed GPUs; null, and why, if there is none.</summary>
    private static DeviceChoice? OnCuda(DeviceRequest request, CudaSupport cuda, out string? problem)
    {
        var precision = Find(Execution.Precision.OfCuda, request.Precision) ?? throw Invalid(request);
        var codec = FindCodec(Execution.Precision.OfCudaCodec, request);
        return GpusOf(request, cuda, out problem) is { } devices ? new DeviceChoice(devices, precision, codec, null) : null;
    }

    /// <summary>Names of the GPUs that the request allows; null, and why, if there is none.</summary>
    private static string[]? GpusOf(DeviceRequest request, CudaSupport cuda, out string? problem)
    {
        problem = cuda.Problem;
        if (problem is not null) return null;
        var found = Enumerable.Range(0, cuda.Gpus).Where(gpu => request.Gpus?.Contains(gpu) ?? true).ToArray();
        if (found.Length == 0)
            problem = $"there is no GPU {string.Join(", ", request.Gpus!)}; this machine has GPUs 0 to {cuda.Gpus - 1}.";
        return problem is null ? [.. found.Take(request.OneGpu ? 1 : found.Length).Select(gpu => $"{Cuda}:{gpu}")] : null;
    }

    private static bool Offers(IReadOnlyList<Precision> offered, string? name) => Find(offered, name) is not null;

    private static string? Find(IReadOnlyList<Precision> offered, string? name) =>
        string.IsNullOrEmpty(name)
            ? offered[0].Name
            : offered.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name;

    private static string FindCodec(IReadOnlyList<Precision> offered, DeviceRequest request) =>
        Find(offered, request.CodecPrecision) ?? throw ExecutionTarget.InvalidCodec(request.CodecPrecision!);

    private static ArgumentException Invalid(DeviceRequest request) => ExecutionTarget.Invalid(request.Device, request.Precision);
}
