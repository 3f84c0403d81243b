using DiaOrleans.Inference.Execution.Cuda;

namespace DiaOrleans.Inference.Execution;

/// <summary>A device, and the precision that a model computes in on it.</summary>
public sealed record ExecutionTarget
{
    /// <summary>Any pair, also one that <see cref="Parse"/> refuses.</summary>
    internal ExecutionTarget(Device device, Precision precision)
    {
        Device = device;
        Precision = precision;
    }

    /// <summary>The host's processor in fp32.</summary>
    public static ExecutionTarget Default { get; } = new(Device.Cpu, Precision.Fp32);

    /// <summary>Device of the sessions and caches.</summary>
    public Device Device { get; }

    /// <summary>Of activations and caches.</summary>
    public Precision Precision { get; }

    /// <summary>The target of one device and a precision; <see cref="DeviceChoice"/> finds them for settings.</summary>
    /// <param name="device">Name of a device, in any case: cpu or cuda:N.</param>
    /// <param name="precision">Name of a precision that the device offers, in any case.</param>
    /// <exception cref="ArgumentException">
    /// There is no such pair, and the message names the valid ones; or CUDA cannot be used, and the message says what is missing.
    /// </exception>
    public static ExecutionTarget Parse(string device, string precision)
    {
        var gpu = DeviceChoice.GpuNumber(device);
        if (gpu is null && !device.Equals(Device.Cpu.Name, StringComparison.OrdinalIgnoreCase)) throw Invalid(device, precision);
        var choice = DeviceChoice.Make(new DeviceRequest { Device = device, Precision = precision, OneGpu = true });
        var offered = gpu is null ? Precision.OfCpu : Precision.OfCuda;
        return new ExecutionTarget(
            gpu is { } number ? CudaDevice.Get(number) : Device.Cpu,
            offered.First(p => p.Name == choice.Precision));
    }

    /// <summary>The same device with a precision of the codec's decoder.</summary>
    /// <exception cref="ArgumentException">The device does not offer it; the message names the valid ones.</exception>
    internal ExecutionTarget ForCodec(string precision)
    {
        var offered = Device == Device.Cpu ? Precision.OfCpuCodec : Precision.OfCudaCodec;
        var found = offered.FirstOrDefault(p => p.Name.Equals(precision, StringComparison.OrdinalIgnoreCase));
        return new ExecutionTarget(Device, found ?? throw InvalidCodec(precision));
    }

    /// <summary>For example <c>cpu fp32</c>.</summary>
    public override string ToString() => $"{Device.Name} {Precision.Name}";

    /// <summary>The error of a pair that does not exist.</summary>
    internal static ArgumentException Invalid(string device, string? precision)
    {
        var pairs = Precision.OfCpu.Select(p => $"cpu with {p.Name}").Concat(Precision.OfCuda.Select(p => $"cuda with {p.Name}"));
        var given = string.IsNullOrEmpty(precision) ? $"Device {device}" : $"Device {device} with precision {precision}";
        return new ArgumentException($"{given} is not available. Valid: {string.Join(", ", pairs)}.");
    }

    /// <summary>The error of a precision that the codec's decoder does not have on the device.</summary>
    internal static ArgumentException InvalidCodec(string precision)
    {
        var pairs = Precision.OfCpuCodec.Select(p => $"cpu with {p.Name}").Concat(Precision.OfCudaCodec.Select(p => $"cuda with {p.Name}"));
        return new ArgumentException($"Codec precision {precision} is not available. Valid: {string.Join(", ", pairs)}.");
    }
}
