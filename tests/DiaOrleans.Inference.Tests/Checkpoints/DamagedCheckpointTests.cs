using System.Text;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Checkpoints;

/// <summary>
/// Files of a checkpoint that someone else has made, damaged in 10,000 ways each: they are read, or refused with a sentence.
/// </summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private const int Mutations = 10_000;

    /// <summary>Values in the place of others.</summary>
    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "1", "3", "2147483647", "2147483648", "-9223372036854775808", "1e400", "1.5", "1e-320", "\"\"", "\"x\"",
        "\"\\ud800\"", "[]", "{}", "[[1]]", "{\"a\":{}}", "[0,-1]", "16777217", "9999999999999999999999", "\"\\u0000/../..\"",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dia-0626-tiny")]
    [InlineData("dia-classic-tiny")]
    public void A_damaged_configuration_is_refused_with_a_sentence(string checkpoint)
    {
        var good = File.ReadAllBytes(Path.Combine(ReferenceCheckpoints.Folder(checkpoint), "config.json"));
        Try(good, damaged =>
        {
            File.WriteAllBytes(_folder.File("config.json"), damaged);
            return Attempt(() => DiaConfig.Read(_folder.Path));
        });
    }

    [Theory]
    [InlineData("dia-0626-tiny", "config.json")]
    [InlineData("dia-0626-tiny", "generation_config.json")]
    [InlineData("dia-0626-tiny", "audio_tokenizer_config.json")]
    [InlineData("dia-classic-tiny", "config.json")]
    public void A_report_says_what_is_wrong_with_a_damaged_checkpoint(string checkpoint, string file)
    {
        var source = ReferenceCheckpoints.Folder(checkpoint);
        foreach (var path in Directory.EnumerateFiles(source)) File.CreateSymbolicLink(_folder.File(Path.GetFileName(path)), path);
        var target = _folder.File(file);
        var good = File.ReadAllBytes(target);
        File.Delete(target);
        var codec = ReferenceCheckpoints.Folder("dac-tiny");
        Try(
            good,
            damaged =>
            {
                File.WriteAllBytes(target, damaged);
                return CheckpointReport.Inspect(_folder.Path, codec).Problems;
            },
            mutations: 500);
    }

    [Fact]
    public void A_damaged_configuration_of_the_codec_is_refused_with_a_sentence()
    {
        var good = File.ReadAllBytes(Path.Combine(ReferenceCheckpoints.Folder("dac-tiny"), "config.json"));
        Try(good, damaged =>
        {
            File.WriteAllBytes(_folder.File("config.json"), damaged);
            return Attempt(() => DacConfig.Read(_folder.Path));
        });
    }

    [Fact]
    public void A_damaged_index_of_shards_is_refused_with_a_sentence()
    {
        var good = Encoding.UTF8.GetBytes(
            """{"metadata":{"total_size":12},"weight_map":{"a":"one.safetensors","b":"two.safetensors","c":"one.safetensors"}}""");
        File.WriteAllBytes(
            _folder.File("one.safetensors"),
            Safetensors(
                """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"c":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
                8));
        File.WriteAllBytes(
            _folder.File("two.safetensors"),
            Safetensors("""{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4));
        Try(good, damaged =>
        {
            File.WriteAllBytes(_folder.File("model.safetensors.index.json"), damaged);
            return Attempt(() => CheckpointFiles.ReadTensors(_folder.Path));
        });
    }

    [Fact]
    public void A_damaged_header_of_safetensors_is_refused_with_a_sentence()
    {
        var good = Safetensors(
            """
            {"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2,1],"data_offsets":[4,8]},
            "a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"größe":{"dtype":"I64","shape":[2],"data_offsets":[8,24]}}
            """,
            24);
        Try(good, damaged =>
        {
            File.WriteAllBytes(_folder.File("model.safetensors"), damaged);
            return Attempt(() => SafetensorsFile.Read(_folder.File("model.safetensors")));
        });
    }

    [Fact]
    public void A_damaged_pickle_is_refused_with_a_sentence()
    {
        var path = Path.Combine(ReferenceSet.Folder, "dac-tiny-original", "weights.pth");
        using var zip = System.IO.Compression.ZipFile.OpenRead(path);
        using var entry = zip.Entries.Single(entry => entry.Name == "data.pkl").Open();
        var good = new MemoryStream();
        entry.CopyTo(good);
        Try(good.ToArray(), damaged => Attempt(() => new Unpickler(damaged, "weights.pth").Read() ?? ""));
    }

    [Fact]
    public void A_short_pickle_of_any_instructions_is_refused_with_a_sentence()
    {
        var random = new Random(3);
        var codes = "\u0080}])(N\u0088\u0089KMJG\u008aXUqrhjct\u0085\u0086\u0087QRbsuae."u8.ToArray()
            .Concat(new byte[] { 0x80, 0x88, 0x89, 0x8a, 0x85, 0x86, 0x87, 0, 1, 2 }).ToArray();
        var read = 0;
        for (var i = 0; i < 10 * Mutations; i++)
        {
            var pickle = Enumerable.Range(0, random.Next(1, 20)).Select(_ => codes[random.Next(codes.Length)]).Append((byte)'.').ToArray();
            if (Attempt(() => new Unpickler(pickle, "weights.pth").Read() ?? "").Count == 0) read++;
        }

        read.ShouldBeInRange(1, Mutations * 9);
    }

    /// <summary>Every outcome of <paramref name="read"/> but a list of problems is a failure of the test.</summary>
    private static void Try(byte[] good, Func<byte[], IReadOnlyList<string>> read, int mutations = Mutations)
    {
        var random = new Random(1);
        var refused = 0;
        for (var i = 0; i < mutations; i++)
        {
            var damaged = i % 2 == 0 ? DamageBytes(good, random) : DamageValues(good, random);
            try
            {
                var problems = read(damaged);
                if (problems.Count > 0) refused++;
                problems.ShouldAllBe(problem => problem.Length < 4000);
            }
            catch (Exception failure) when (failure is not ShouldAssertException)
            {
                throw new InvalidOperationException($"mutation {i}: {Encoding.UTF8.GetString(damaged)}", failure);
            }
        }

        refused.ShouldBeInRange(mutations / 20, mutations - 1);
    }

    private static byte[] DamageBytes(byte[] good, Random random)
    {
        var bytes = good.ToList();
        for (var n = random.Next(1, 6); n > 0 && bytes.Count > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(40), bytes.Count - at))); break;
                default: bytes.RemoveRange(at, Math.Min(random.Next(40), bytes.Count - at)); break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Replaces values of JSON; a file that has no JSON is damaged like text.</summary>
    private static byte[] DamageValues(byte[] good, Random random)
    {
        var text = Encoding.Latin1.GetString(good);
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var colons = Enumerable.Range(0, text.Length).Where(at => text[at] is ':' or '[' or ',').ToArray();
            if (colons.Length == 0) break;
            var start = colons[random.Next(colons.Length)] + 1;
            var end = text.IndexOfAny([',', '}', ']'], start);
            text = text[..start] + Values[random.Next(Values.Length)] + (end < 0 ? "" : text[end..]);
        }

        return Encoding.Latin1.GetBytes(text);
    }

    private static IReadOnlyList<string> Attempt(Func<object> read)
    {
        try
        {
            read();
            return [];
        }
        catch (CheckpointException problem)
        {
            return [problem.Message];
        }
    }

    private static byte[] Safetensors(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[dataBytes]];
    }
}
