using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Execution.Cuda;
using DiaOrleans.Inference.Graphs;

namespace DiaOrleans.Cuda.Tests;

public sealed class CudaDeviceTests(StandInLibraries libraries) : StandInTest(libraries)
{
    private readonly Device _gpu = libraries.Problem is null ? CudaDevice.Get(0) : Device.Cpu;

    [Fact]
    public void The_stand_ins_are_found_as_two_gpus()
    {
        CudaSupport.OfThisMachine.Problem.ShouldBeNull();
        DeviceChoice.Make(new DeviceRequest()).Devices.ShouldBe(["cuda:0", "cuda:1"]);
        ExecutionTarget.Parse("cuda:1", "bf16").ToString().ShouldBe("cuda:1 bf16");
        Should.Throw<ArgumentException>(() => ExecutionTarget.Parse("cuda:2", "fp16")).Message.ShouldContain("there is no GPU 2");
    }

    [Fact]
    public void Elements_are_written_copied_in_blocks_and_read_back()
    {
        using var source = new DeviceTensor(_gpu, OnnxType.Float16, 2, 2);
        source.Write(OnnxElements.Narrow([1, 2, 3, 4], OnnxType.Float16));
        using var target = new DeviceTensor(_gpu, OnnxType.Float16, 2, 2, 3);
        target.CopyBlocks(source, blocks: 2, offset: 6, stride: 3);
        target.ToSingles().ShouldBe([0, 0, 0, 0, 0, 0, 1, 2, 0, 3, 4, 0]);
        target.CopyWithin(from: 6, to: 0, blocks: 2, length: 2, stride: 3);
        target.ToSingles().ShouldBe([1, 2, 0, 3, 4, 0, 1, 2, 0, 3, 4, 0]);
    }

    [Fact]
    public unsafe void A_staging_buffer_is_copied_up_and_down_on_the_stream()
    {
        using var buffer = _gpu.AllocateStaging(8);
        *(long*)buffer.Host = 42;
        var calls = Libraries.Record(buffer.Upload);
        calls.ToString().ShouldBe("copy host to device: 1, captured 0");
        *(long*)buffer.Host = 0;
        calls = Libraries.Record(buffer.Download);
        calls.ToString().ShouldBe("copy device to host: 1, captured 0\nwait cudaStreamSynchronize: 1, captured 0");
        (*(long*)buffer.Host).ShouldBe(42);
    }

    [Fact]
    public unsafe void A_staging_buffer_is_zeroed_memory_that_is_used_again()
    {
        var first = _gpu.AllocateStaging(5000);
        var address = first.Host;
        *(long*)first.Host = 42;
        first.Upload();
        first.Dispose();
        var calls = Libraries.Record(() =>
        {
            using var second = _gpu.AllocateStaging(6000);
            second.Host.ShouldBe(address);
            (*(long*)second.Host).ShouldBe(0);
            *(long*)second.Host = 1;
            second.Download();
            (*(long*)second.Host).ShouldBe(0);
        });
        calls.Count("allocation").ShouldBe(0, calls.ToString());
    }

    [Fact]
    public void Each_part_of_a_model_has_a_stream_of_its_own()
    {
        var streams = Enum.GetValues<DeviceStream>().Select(_gpu.On).ToArray();
        streams.Distinct().Count().ShouldBe(streams.Length);
        _gpu.On(DeviceStream.Decoder).ShouldBeSameAs(_gpu);
        _gpu.On(DeviceStream.Codec).On(DeviceStream.Codec).ShouldBeSameAs(_gpu.On(DeviceStream.Codec));
        streams.ShouldAllBe(s => s.Name == "cuda:0");
    }
}
