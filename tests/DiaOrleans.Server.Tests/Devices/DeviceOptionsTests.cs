using DiaOrleans.Inference.Execution;
using DiaOrleans.Server.Commands.Doctor;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests.Devices;

public sealed class DeviceOptionsTests
{
    [Theory]
    [InlineData("cpu", "bf16", null, "Device cpu with precision bf16 is not available. Valid: ")]
    [InlineData("cuda", "int8", null, "Device cuda with precision int8 is not available. Valid: ")]
    [InlineData("tpu", null, null, "Device tpu is not available. Valid: ")]
    [InlineData("cpu", null, "fp16", "Codec precision fp16 is not available. Valid: ")]
    public void A_pair_that_makes_no_sense_is_refused_with_the_valid_ones(string device, string? precision, string? codec, string message)
    {
        var options = new DeviceOptions { Device = device, Precision = precision, CodecPrecision = codec };
        var problem = Should.Throw<SettingsException>(() => options.Choose());
        problem.Message.ShouldStartWith(message);
        problem.Message.ShouldContain("cpu with fp32");
        Checks.Gpu(options).ShouldBe(new Finding("device", Verdict.Problem, problem.Message));
    }

    [Fact]
    public void The_cpu_is_taken_without_a_warning_if_it_is_named()
    {
        var choice = new DeviceOptions { Device = "CPU" }.Choose();
        choice.Devices.ShouldBe(["cpu"]);
        choice.Warning.ShouldBeNull();
        Gpus.CreateFor(choice).Numbers.ShouldBeEmpty();
    }

    [Fact]
    public void The_gpus_of_a_server_are_nvidia_s_if_its_model_runs_on_them() =>
        Gpus.CreateFor(new DeviceChoice(["cuda:1"], "fp16", "fp32", null)).ShouldBeOfType<NvidiaGpus>();
}
