using System.CommandLine;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary>The options of a measurement that name the device and the precision.</summary>
internal sealed class BenchDevice
{
    private readonly Option<string> _device = new("--device")
    {
        Description = "auto, cpu, or cuda:N; of several GPUs the first is measured.",
        DefaultValueFactory = _ => DeviceChoice.Auto,
    };

    private readonly Option<string?> _precision = new("--precision") { Description = "One that the device offers." };

    private readonly Option<string?> _codecPrecision = new("--codec-precision") { Description = "fp32, or fp16 on a GPU (fp32)." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command, bool codec = false)
    {
        command.Options.Add(_device);
        command.Options.Add(codec ? _codecPrecision : _precision);
    }

    /// <summary>The values of a command line.</summary>
    public DeviceRequest Read(ParseResult parsed) => new()
    {
        Device = parsed.GetValue(_device)!,
        Precision = parsed.GetResult(_precision) is null ? null : parsed.GetValue(_precision),
        CodecPrecision = parsed.GetResult(_codecPrecision) is null ? null : parsed.GetValue(_codecPrecision),
    };
}
