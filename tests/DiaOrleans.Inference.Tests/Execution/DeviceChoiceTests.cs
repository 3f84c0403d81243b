using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Execution.Cuda;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class DeviceChoiceTests
{
    private static readonly string Valid =
        $"Valid: {string.Join(", ", Precision.OfCpu.Select(p => $"cpu with {p}").Concat(Precision.OfCuda.Select(p => $"cuda with {p}")))}.";

    private static readonly CudaSupport TwoGpus = new(IsBuilt: true, Missing: [], Gpus: 2);
    private static readonly CudaSupport ForCpu = CudaSupport.None;

    [Theory]
    [InlineData("auto", null, "cuda:0 cuda:1", "fp16")]
    [InlineData("AUTO", "BF16", "cuda:0 cuda:1", "bf16")]
    [InlineData("auto", "fp32", "cpu", "fp32")]
    [InlineData("cpu", "FP32", "cpu", "fp32")]
    [InlineData("cuda", null, "cuda:0 cuda:1", "fp16")]
    [InlineData("Cuda:1", "fp16", "cuda:1", "fp16")]
    public void The_device_and_the_precision_are_found_by_name(string device, string? precision, string devices, string chosen)
    {
        var choice = DeviceChoice.Make(new DeviceRequest { Device = device, Precision = precision }, TwoGpus);
        string.Join(' ', choice.Devices).ShouldBe(devices);
        choice.Precision.ShouldBe(chosen);
        choice.CodecPrecision.ShouldBe("fp32");
        choice.Warning.ShouldBeNull();
    }

    [Theory]
    [InlineData("cuda", "int8")]
    [InlineData("cuda:1", "fp32")]
    [InlineData("cpu", "fp16")]
    [InlineData("cpu", "bf16")]
    [InlineData("auto", "fp64")]
    public void A_pair_that_makes_no_sense_is_refused_with_the_valid_ones(string device, string precision)
    {
        var request = new DeviceRequest { Device = device, Precision = precision };
        Should.Throw<ArgumentException>(() => DeviceChoice.Make(request, TwoGpus)).Message
            .ShouldBe($"Device {device} with precision {precision} is not available. {Valid}");
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:x")]
    [InlineData("cuda1")]
    public void Another_device_is_refused(string device) =>
        Should.Throw<ArgumentException>(() => DeviceChoice.Make(new DeviceRequest { Device = device }, TwoGpus)).Message
            .ShouldBe($"Device {device} is not available. {Valid}");

    [Theory]
    [InlineData("cuda", "fp16", "fp16")]
    [InlineData("auto", null, "fp16")]
    [InlineData("cuda", "bf16", "FP32")]
    public void The_codec_has_a_precision_of_its_own(string device, string? precision, string codec)
    {
        var request = new DeviceRequest { Device = device, Precision = precision, CodecPrecision = codec };
        DeviceChoice.Make(request, TwoGpus).CodecPrecision.ShouldBe(codec.ToLowerInvariant());
    }

    [Theory]
    [InlineData("cpu", "fp16")]
    [InlineData("cuda", "bf16")]
    [InlineData("auto", "int8")]
    public void Another_precision_of_the_codec_is_refused(string device, string codec)
    {
        var request = new DeviceRequest { Device = device, CodecPrecision = codec };
        Should.Throw<ArgumentException>(() => DeviceChoice.Make(request, TwoGpus)).Message
            .ShouldBe($"Codec precision {codec} is not available. Valid: cpu with fp32, cuda with fp32, cuda with fp16.");
    }

    [Theory]
    [InlineData("cuda", "1", false, "cuda:1")]
    [InlineData("auto", "1 0 7", false, "cuda:0 cuda:1")]
    [InlineData("auto", "1 0", true, "cuda:0")]
    [InlineData("cuda", "1", true, "cuda:1")]
    public void The_allowed_gpus_are_used(string device, string gpus, bool one, string devices)
    {
        var request = new DeviceRequest { Device = device, Gpus = [.. gpus.Split(' ').Select(int.Parse)], OneGpu = one };
        var choice = DeviceChoice.Make(request, TwoGpus);
        string.Join(' ', choice.Devices).ShouldBe(devices);
        choice.Gpus.ShouldBe(choice.Devices.Select(d => DeviceChoice.GpuNumber(d)!.Value));
    }

    [Theory]
    [InlineData("cuda:2", null, "2")]
    [InlineData("cuda", "5 6", "5, 6")]
    public void A_gpu_that_is_not_there_is_an_error(string device, string? gpus, string named)
    {
        var request = new DeviceRequest { Device = device, Gpus = gpus?.Split(' ').Select(int.Parse).ToArray() };
        Should.Throw<ArgumentException>(() => DeviceChoice.Make(request, TwoGpus)).Message
            .ShouldBe($"Device {device} is not available: there is no GPU {named}; this machine has GPUs 0 to 1.");
    }

    [Fact]
    public void Every_missing_library_is_named_by_the_warning_and_by_the_error()
    {
        string[] there = ["libcuda.so.1", "libcublas.so.13"];
        var support = CudaSupport.Probe(isBuilt: true, there.Contains);
        support.Missing.ShouldBe(["libcudart.so.13", "libcublasLt.so.13", "libcurand.so.10", "libcudnn.so.9"]);
        const string words = "libcudart.so.13, libcublasLt.so.13, libcurand.so.10, libcudnn.so.9 cannot be loaded; needed are an NVIDIA "
            + "driver for CUDA 13, CUDA 13 and cuDNN 9.";

        var choice = DeviceChoice.Make(new DeviceRequest(), support);
        choice.Devices.ShouldBe(["cpu"]);
        choice.Precision.ShouldBe(Precision.OfCpu[0].Name);
        choice.Warning.ShouldBe($"The model runs on the CPU, because CUDA is not available: {words}");
        Refusal(new DeviceRequest { Device = "cuda" }, support).ShouldBe($"Device cuda is not available: {words}");
        Refusal(new DeviceRequest { Precision = "fp16" }, support).ShouldBe($"Precision fp16 needs a GPU: {words}");
    }

    [Fact]
    public void A_machine_with_the_libraries_but_no_gpu_runs_on_the_cpu()
    {
        var choice = DeviceChoice.Make(new DeviceRequest(), TwoGpus with { Gpus = 0 });
        choice.Devices.ShouldBe(["cpu"]);
        choice.Warning.ShouldBe("The model runs on the CPU, because CUDA is not available: the driver finds no GPU.");
    }

    [Fact]
    public void A_build_for_the_cpu_needs_no_warning_and_refuses_cuda()
    {
        var choice = DeviceChoice.Make(new DeviceRequest(), ForCpu);
        choice.Devices.ShouldBe(["cpu"]);
        choice.Warning.ShouldBeNull();
        Refusal(new DeviceRequest { Device = "cuda:0" }, ForCpu).ShouldContain("DiaAccelerator=cuda");
    }

    private static string Refusal(DeviceRequest request, CudaSupport support) =>
        Should.Throw<ArgumentException>(() => DeviceChoice.Make(request, support)).Message;
}
