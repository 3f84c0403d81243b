using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Quantisation;
using DiaOrleans.Inference.Tests.Checkpoints;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Quantisation;

public sealed class QuantisedCacheTests : IDisposable
{
    private readonly TempFolder _checkpoint = TempFolder.CopyOf(ReferenceCheckpoints.Folder("dia-0626-tiny"));
    private readonly TempFolder _cache = new();
    private readonly List<QuantisationProgress> _progress = [];

    public void Dispose()
    {
        _checkpoint.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public void A_file_is_made_once_in_the_folder_of_the_cache_and_then_read()
    {
        var before = Directory.EnumerateFileSystemEntries(_checkpoint.Path).Order().ToList();
        var made = Open();
        _progress.Select(p => p.Percent).ShouldBe([.. _progress.Select(p => p.Percent).Distinct().Order()]);
        _progress[0].Percent.ShouldBe(0);
        _progress[^1].Percent.ShouldBe(100);
        _progress.ShouldAllBe(p => p.Checkpoint == _checkpoint.Path && p.File == File());

        _progress.Clear();
        Open().Linear("logits_dense").Tensor.Offset.ShouldBe(made.Linear("logits_dense").Tensor.Offset);
        _progress.ShouldBeEmpty();
        made.Tensors.ShouldAllBe(t => t.File == File());
        Directory.EnumerateFileSystemEntries(_checkpoint.Path).Order().ShouldBe(before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(1000)]
    [InlineData(-1)]
    public void A_truncated_file_is_made_again(int length) => IsMadeAgain(bytes => bytes[..(length < 0 ? bytes.Length + length : length)]);

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.001)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    [InlineData(1.0)]
    public void A_file_with_a_changed_byte_is_made_again(double place) => IsMadeAgain(bytes =>
    {
        bytes[(int)(place * (bytes.Length - 1))] ^= 4;
        return bytes;
    });

    [Theory]
    [InlineData("encoder.embedding", float.NaN)]
    [InlineData("embeddings.embed", float.PositiveInfinity)]
    [InlineData("decoder.layers.0.pre_sa_norm", float.NaN)]
    [InlineData("encoder.layers.1.mlp.down_proj", float.NegativeInfinity)]
    [InlineData("logits_dense", float.NaN)]
    public void A_weight_that_is_not_a_finite_number_is_an_error_that_names_its_tensor(string tensor, float value)
    {
        var changed = DiaCheckpoint.Open(_checkpoint.Path).Tensors.First(t => t.Name.Contains(tensor, StringComparison.Ordinal));
        ChangedWeights.Write(changed, value);
        var problem = Should.Throw<CheckpointException>(() => Open());
        problem.Message.ShouldBe($"{changed.File}: tensor {changed.Name} has a number that is NaN or infinite. Fetch the file again.");
        Directory.EnumerateFiles(_cache.Path, "*.safetensors*").ShouldAllBe(file => file.EndsWith(".lock"));
    }

    [Fact]
    public void Another_content_of_the_weights_has_a_file_of_its_own()
    {
        Open();
        var weights = _checkpoint.File("model.safetensors");
        var bytes = System.IO.File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        System.IO.File.WriteAllBytes(weights, bytes);
        Open();
        Files().Length.ShouldBe(2);
    }

    [Fact]
    public void A_copy_of_the_weights_has_the_same_file()
    {
        Open();
        using var copy = TempFolder.CopyOf(_checkpoint.Path);
        _progress.Clear();
        new QuantisedCache(_cache.Path).Open(DiaCheckpoint.Open(copy.Path), 8, _progress.Add);
        _progress.ShouldBeEmpty();
        Files().Length.ShouldBe(1);
    }

    [Fact]
    public void Each_number_of_bits_has_a_file_of_its_own()
    {
        Open();
        Open(4).Linear("logits_dense").Blocks!.Bits.ShouldBe(4);
        Files().Length.ShouldBe(2);
    }

    [Fact]
    public void Of_many_that_need_a_file_at_once_one_makes_it()
    {
        var starts = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
            new QuantisedCache(_cache.Path).Open(DiaCheckpoint.Open(_checkpoint.Path), 8, progress =>
            {
                if (progress.Percent == 0) Interlocked.Increment(ref starts);
            }));
        starts.ShouldBe(1);
        Files().Length.ShouldBe(1);
    }

    [Fact]
    public void What_an_interrupted_process_left_is_removed()
    {
        Open();
        var left = $"{File()}.0123.part";
        System.IO.File.Move(File(), left);
        Open();
        System.IO.File.Exists(left).ShouldBeFalse();
        Files().Length.ShouldBe(1);
    }

    [Fact]
    public void Files_of_an_older_format_are_removed_if_the_file_is_made_and_those_of_others_stay()
    {
        Open();
        var made = File();
        var hash = Path.GetFileName(made).Split('.')[0];
        string[] older = [_cache.File($"{hash}.int8.v2.safetensors"), _cache.File($"{hash}.int8-groups.v2.safetensors")];
        string[] others =
        [
            _cache.File($"{hash}.int8.v3.safetensors.other"),
            _cache.File($"{hash}.int8.v4.safetensors"),
            _cache.File($"{hash}.int8-other.v3.safetensors"),
            _cache.File($"{hash}.int4.v1.safetensors"),
            _cache.File("other.int8.v1.safetensors"),
        ];
        foreach (var file in older.Concat(others)) System.IO.File.WriteAllText(file, "");
        System.IO.File.Delete(made);
        Open();
        var left = Directory.GetFiles(_cache.Path, "*.safetensors*").Where(file => !file.EndsWith(".lock"));
        left.ShouldBe([made, .. others], ignoreOrder: true);
    }

    [Fact]
    public void A_full_disk_is_named_with_the_bytes_that_are_missing()
    {
        var cache = new QuantisedCache(_cache.Path, _ => 1000);
        var message = Should.Throw<CheckpointException>(() => cache.Open(DiaCheckpoint.Open(_checkpoint.Path), 8)).Message;
        message.ShouldContain(_cache.Path);
        message.ShouldContain("0 MiB are free");
        message.ShouldContain("choose precision fp32");
        Directory.EnumerateFiles(_cache.Path, "*.part").ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        var place = _cache.File("taken");
        System.IO.File.WriteAllText(place, "");
        var cache = new QuantisedCache(place);
        Should.Throw<CheckpointException>(() => cache.Open(DiaCheckpoint.Open(_checkpoint.Path), 8)).Message
            .ShouldStartWith($"{place}: the quantised weights cannot be written: ");
    }

    private void IsMadeAgain(Func<byte[], byte[]> damage)
    {
        Open();
        var sound = System.IO.File.ReadAllBytes(File());
        System.IO.File.WriteAllBytes(File(), damage([.. sound]));
        _progress.Clear();
        Open();
        _progress.ShouldNotBeEmpty();
        System.IO.File.ReadAllBytes(File()).ShouldBe(sound);
    }

    private DiaCheckpoint Open(int bits = 8) =>
        new QuantisedCache(_cache.Path).Open(DiaCheckpoint.Open(_checkpoint.Path), bits, _progress.Add);

    private string[] Files() => Directory.GetFiles(_cache.Path, "*.safetensors");

    private string File() => Files().ShouldHaveSingleItem();
}
