using System.Buffers.Binary;
using System.Text;
using DiaOrleans.Inference.Checkpoints;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Entries_give_type_shape_and_position()
    {
        var path = Write(
            """
            {
              "__metadata__": { "format": "pt" },
              "b": { "dtype": "BF16", "shape": [2, 1], "data_offsets": [4, 8] },
              "a": { "dtype": "F32", "shape": [], "data_offsets": [0, 4] }
            }
            """,
            8);
        var entries = SafetensorsFile.Read(path).ToDictionary(e => e.Name);
        var start = new FileInfo(path).Length - 8;
        entries["a"].ShouldBe(new TensorEntry("a", ElementType.F32, entries["a"].Shape, path, start, 4));
        entries["a"].Shape.ShouldBeEmpty();
        (entries["b"].Type, entries["b"].Offset, entries["b"].Length).ShouldBe((ElementType.BF16, start + 4, 4L));
        entries["b"].Shape.ShouldBe([2L, 1L]);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 8, "takes 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 8, "lie outside")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 8, "lie outside")]
    [InlineData("""{"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}}""", 8, "dtype Q4 is unknown")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 8, "dtype is missing")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 8, "shape is missing")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 8, "data_offsets are not")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 8, "dimension 0 is -1")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}""", 8, "overflows")]
    [InlineData("""{"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"I8","shape":[2],"data_offsets":[1,3]}}""", 8, "lap")]
    [InlineData("""{"a":{"dtype":"I8","shape":[],"data_offsets":[0,1]},"a":{"dtype":"I8","shape":[],"data_offsets":[1,2]}}""", 8, "twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 7, "expected 4 bytes of data")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 7, "up to the end of the last tensor, found 7")]
    [InlineData("{}", 1, "expected 0 bytes of data")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", 8, "a: expected to begin at byte 0 of the data, found 4")]
    [InlineData("""{"a":{"dtype":"I8","shape":[],"data_offsets":[0,1]},"b":{"dtype":"I8","shape":[],"data_offsets":[8,9]}}""", 9, "byte 1")]
    [InlineData("""{"a":3}""", 8, "not an object")]
    [InlineData("[1,2]", 8, "not a JSON object")]
    [InlineData("{nonsense}", 8, "not valid JSON")]
    public void An_invalid_header_is_refused_with_its_reason(string header, int dataBytes, string reason)
    {
        var path = Write(header, dataBytes);
        var problem = Should.Throw<CheckpointException>(() => SafetensorsFile.Read(path));
        problem.Message.ShouldStartWith(path);
        problem.Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(20)]
    public void A_truncated_file_is_refused(int length)
    {
        var path = Write("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        Should.Throw<CheckpointException>(() => SafetensorsFile.Read(path)).Message.ShouldContain("truncated");
    }

    [Fact]
    public void A_header_longer_than_the_file_is_refused()
    {
        var path = _folder.File("model.safetensors");
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        File.WriteAllBytes(path, bytes);
        Should.Throw<CheckpointException>(() => SafetensorsFile.Read(path)).Message.ShouldContain("2 to 56 are possible");
    }

    [Property(MaxTest = 300)]
    public void Damage_gives_no_other_exception(int seed)
    {
        var path = Write(
            """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[2,2],"data_offsets":[8,16]}}""",
            16,
            $"{seed}.safetensors");
        var bytes = File.ReadAllBytes(path);
        var random = new Random(seed);
        for (var i = random.Next(1, 6); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        File.WriteAllBytes(path, bytes[..random.Next(bytes.Length / 2, bytes.Length + 1)]);
        try
        {
            foreach (var entry in SafetensorsFile.Read(path))
            {
                (entry.Offset + entry.Length).ShouldBeLessThanOrEqualTo(new FileInfo(path).Length);
            }
        }
        catch (CheckpointException)
        {
            // A refusal is the expected answer.
        }
    }

    [Fact]
    public void A_link_is_followed_to_the_file_that_holds_the_bytes()
    {
        var target = Write("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "blob");
        File.CreateSymbolicLink(_folder.File("model.safetensors"), target);
        SafetensorsFile.Read(_folder.File("model.safetensors")).Single().File.ShouldBe(target);
    }

    private string Write(string header, int dataBytes, string name = "model.safetensors")
    {
        var path = _folder.File(name);
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
