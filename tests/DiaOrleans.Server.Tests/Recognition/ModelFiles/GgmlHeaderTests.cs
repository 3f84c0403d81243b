using DiaOrleans.Server.Recognition.ModelFiles;

namespace DiaOrleans.Server.Tests.Recognition.ModelFiles;

public sealed class GgmlHeaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_valid_model_has_no_problem() => GgmlHeader.FindProblem(Model()).ShouldBeNull();

    [Fact]
    public void A_vocabulary_without_the_tokens_that_whisper_looks_up_is_found() =>
        GgmlHeader.FindProblem(Model([" ", " -"])).ShouldBe("has a vocabulary without spaces, dashes and apostrophes");

    [Theory]
    [InlineData(0, 0x46554747, "is no Whisper model in ggml's format")]
    [InlineData(1, 100, "has 100 tokens, which no Whisper model has")]
    [InlineData(1, -1, "gives sizes that are not positive")]
    [InlineData(3, 128, "gives sizes that do not fit together")]
    [InlineData(4, 3, "gives sizes that do not fit together")]
    [InlineData(5, 1000, "gives sizes that no Whisper model has")]
    [InlineData(12, 128, "has filters that do not fit its sizes")]
    [InlineData(13, 1 << 30, "has filters that do not fit its sizes")]
    public void A_number_that_would_crash_whisper_is_found(int index, int value, string expected)
    {
        var file = Model();
        using (var stream = File.OpenWrite(file))
        {
            stream.Position = sizeof(int) * index;
            stream.Write(BitConverter.GetBytes(value));
        }

        GgmlHeader.FindProblem(file).ShouldBe(expected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(40_000)]
    [InlineData(500_000)]
    public void A_head_that_is_cut_short_is_found(int length)
    {
        var file = Model();
        using (var stream = File.OpenWrite(file)) stream.SetLength(length);
        GgmlHeader.FindProblem(file).ShouldBe("is cut short");
    }

    [Fact]
    public void A_head_that_is_damaged_in_10_000_ways_gives_a_sentence_or_none()
    {
        const int Numbers = 14 * sizeof(int);
        var file = Model();
        var random = new Random(11);
        var found = new Dictionary<string, int>();
        for (var i = 0; i < 10_000; i++)
        {
            using (var stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
                var at = random.Next(5) > 0 ? random.Next(Numbers) : random.Next((int)stream.Length);
                var good = new byte[random.Next(1, 5)];
                stream.Position = at;
                good = good[..stream.Read(good)];
                var damaged = new byte[good.Length];
                random.NextBytes(damaged);
                Write(stream, at, damaged);
                var problem = GgmlHeader.FindProblem(file) ?? "nothing";
                found[problem] = found.GetValueOrDefault(problem) + 1;
                Write(stream, at, good);
            }
        }

        GgmlHeader.FindProblem(file).ShouldBeNull();
        found.Count.ShouldBeGreaterThan(5);

        static void Write(FileStream stream, int at, byte[] bytes)
        {
            stream.Position = at;
            stream.Write(bytes);
            stream.Flush();
        }
    }

    [Fact]
    public void A_file_that_is_not_there_cannot_be_read() => GgmlHeader.FindProblem(_folder.File("none.bin")).ShouldBe("cannot be read");

    private string Model(string[]? vocabulary = null)
    {
        var file = _folder.File("model.bin");
        ScriptedModel.Write(file, vocabulary);
        return file;
    }
}
