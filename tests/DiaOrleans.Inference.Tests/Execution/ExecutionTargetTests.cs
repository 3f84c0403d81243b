using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class ExecutionTargetTests
{
    [Theory]
    [InlineData("cpu", "fp32")]
    [InlineData("CPU", "FP32")]
    public void A_valid_pair_is_found_by_name(string device, string precision)
    {
        var target = ExecutionTarget.Parse(device, precision);
        target.ShouldBe(ExecutionTarget.Default);
        target.ToString().ShouldBe("cpu fp32");
    }

    [Theory]
    [InlineData("cpu", "fp16")]
    [InlineData("cpu", "int16")]
    [InlineData("auto", "fp32")]
    [InlineData("cuda:0", "fp32")]
    public void Another_pair_is_refused_with_the_valid_ones(string device, string precision)
    {
        var pairs = Precision.OfCpu.Select(p => $"cpu with {p}").Concat(Precision.OfCuda.Select(p => $"cuda with {p}"));
        Should.Throw<ArgumentException>(() => ExecutionTarget.Parse(device, precision)).Message
            .ShouldBe($"Device {device} with precision {precision} is not available. Valid: {string.Join(", ", pairs)}.");
    }

    [Fact]
    public void The_codec_of_the_cpu_is_computed_in_fp32()
    {
        ExecutionTarget.Default.ForCodec("FP32").ShouldBe(ExecutionTarget.Default);
        Should.Throw<ArgumentException>(() => ExecutionTarget.Default.ForCodec("fp16")).Message.ShouldContain("cpu with fp32");
    }

    [Fact]
    public void A_model_is_not_loaded_for_a_pair_that_is_not_offered()
    {
        var options = new ModelOptions { Folder = ReferenceCheckpoints.Folder("dia-nano"), Precision = "fp16" };
        Should.Throw<ArgumentException>(() => SpeechModel.Load(options)).Message.ShouldContain("cpu with fp32");
    }

    [Fact]
    public void The_description_names_the_precision_of_the_target()
    {
        using var model = SpeechModel.Load(new ModelOptions { Folder = ReferenceCheckpoints.Folder("dia-nano") });
        model.Describe().Precision.ShouldBe("fp32");
        model.Dia.Target.ShouldBe(ExecutionTarget.Default);
    }
}
