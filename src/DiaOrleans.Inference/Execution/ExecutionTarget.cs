namespace DiaOrleans.Inference.Execution;

/// <summary>A device, and the precision that a model computes in on it.</summary>
public sealed record ExecutionTarget
{
    private static readonly Device[] Devices = [Device.Cpu];

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

    /// <summary>The target that settings name.</summary>
    /// <param name="device">Name of a device, in any case: cpu.</param>
    /// <param name="precision">Name of a precision that the device offers, in any case: fp32.</param>
    /// <exception cref="ArgumentException">There is no such pair; the message names the valid ones.</exception>
    public static ExecutionTarget Parse(string device, string precision)
    {
        foreach (var found in Devices.Where(d => d.Name.Equals(device, StringComparison.OrdinalIgnoreCase)))
        {
            var offered = found.Precisions.FirstOrDefault(p => p.Name.Equals(precision, StringComparison.OrdinalIgnoreCase));
            if (offered is not null) return new ExecutionTarget(found, offered);
        }

        var valid = string.Join(", ", Devices.SelectMany(d => d.Precisions.Select(p => $"{d.Name} with {p.Name}")));
        throw new ArgumentException($"Device {device} with precision {precision} is not available. Valid: {valid}.");
    }

    /// <summary>For example <c>cpu fp32</c>.</summary>
    public override string ToString() => $"{Device.Name} {Precision.Name}";
}
