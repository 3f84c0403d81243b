using System.IO.Compression;
using System.Text;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Tests.Reference;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Checkpoints;

public sealed class TorchFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Reference")]
    public void A_state_dict_has_the_tensors_of_the_same_weights_in_safetensors()
    {
        var folder = Path.Combine(ReferenceSet.Folder, "dac-tiny-original");
        var torch = TorchFile.Read(Path.Combine(folder, "weights.pth"));
        var twin = SafetensorsFile.Read(Path.Combine(folder, "weights.parametrized.safetensors")).ToDictionary(t => t.Name);
        torch.Tensors.Count.ShouldBe(twin.Count);
        torch.Metadata.Keys.ShouldContain("sample_rate");
        foreach (var tensor in torch.Tensors)
        {
            var name = tensor.Name
                .Replace("weight_g", "parametrizations.weight.original0")
                .Replace("weight_v", "parametrizations.weight.original1");
            tensor.Shape.ShouldBe(twin[name].Shape, name);
            Bytes(tensor).ShouldBe(Bytes(twin[name]), name);
        }
    }

    [Fact]
    [Trait("Category", "Reference")]
    public void A_dia_state_dict_loads_like_its_safetensors_twin()
    {
        var path = Path.Combine(ReferenceSet.Folder, "dia-classic-tiny", "model.pth");
        Assert.SkipUnless(
            File.Exists(path),
            "needs a reference set with this .pth file: ./test.sh --reference DIR");
        File.Copy(path, _folder.File("dia-v0_1.pth"));
        File.Copy(Path.Combine(ReferenceSet.Folder, "dia-classic-tiny", "config.json"), _folder.File("config.json"));
        var torch = DiaCheckpoint.Open(_folder.Path);
        var twin = DiaCheckpoint.Open(ReferenceCheckpoints.Folder("dia-classic-tiny"));
        torch.Layout.ShouldBe(WeightLayout.Nari);
        foreach (var (a, b) in torch.Tensors.Zip(twin.Tensors)) Bytes(a).ShouldBe(Bytes(b), a.Name);
    }

    [Theory]
    [InlineData("cos\nsystem\n(X\u0004\0\0\0trueU\u0004trueutR.", "os.system, which is not allowed")]
    [InlineData("ctorch._utils\n_rebuild_tensor\n.", "torch._utils._rebuild_tensor, which is not allowed")]
    [InlineData("cbuiltins\neval\n.", "builtins.eval, which is not allowed")]
    [InlineData("ccollections\nOrderedDict\n)i", "not one that a state dict needs")]
    [InlineData("N.", "no state dict")]
    [InlineData("}.", "no tensors")]
    [InlineData("", "damaged")]
    [InlineData("t.", "damaged")]
    [InlineData("h\u0001.", "damaged")]
    public void A_pickle_with_more_than_tensors_is_refused(string pickle, string reason)
    {
        var path = Zip(Encoding.Latin1.GetBytes(pickle), CompressionLevel.NoCompression);
        Should.Throw<CheckpointException>(() => TorchFile.Read(path)).Message.ShouldContain(reason);
    }

    [Fact]
    public void A_compressed_zip_is_refused()
    {
        var path = Zip(Encoding.ASCII.GetBytes(new string('N', 500) + "."), CompressionLevel.Optimal);
        Should.Throw<CheckpointException>(() => TorchFile.Read(path)).Message.ShouldContain("compressed");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5000)]
    public void A_file_that_is_not_a_zip_is_refused(int length)
    {
        File.WriteAllBytes(_folder.File("model.pth"), new byte[length]);
        Should.Throw<CheckpointException>(() => TorchFile.Read(_folder.File("model.pth"))).Message.ShouldContain("not a ZIP file");
    }

    [Property(MaxTest = 200)]
    public void Damage_gives_no_other_exception(int seed)
    {
        var bytes = File.ReadAllBytes(Path.Combine(ReferenceSet.Folder, "dac-tiny-original", "weights.pth"));
        var random = new Random(seed);
        // The pickle and the directory are at both ends; weights in between can have any value.
        for (var i = random.Next(1, 30); i > 0; i--)
        {
            bytes[random.Next(2) == 0 ? random.Next(20000) : bytes.Length - 1 - random.Next(30000)] = (byte)random.Next(256);
        }
        var path = _folder.File($"{seed}.pth");
        File.WriteAllBytes(path, bytes);
        try
        {
            foreach (var tensor in TorchFile.Read(path).Tensors) (tensor.Offset + tensor.Length).ShouldBeLessThanOrEqualTo(bytes.Length);
        }
        catch (CheckpointException)
        {
            // A refusal is the expected answer.
        }

        File.Delete(path);
    }

    private string Zip(byte[] pickle, CompressionLevel level)
    {
        var path = _folder.File("model.pth");
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        using var entry = zip.CreateEntry("archive/data.pkl", level).Open();
        entry.Write(pickle);
        return path;
    }

    private static byte[] Bytes(TensorEntry tensor)
    {
        using var stream = File.OpenRead(tensor.File);
        var raw = new byte[tensor.Length];
        stream.Position = tensor.Offset;
        stream.ReadExactly(raw);
        return raw;
    }
}
