using System.Text.Json;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Decoding;

[Trait("Category", "Reference")]
public sealed class TokenSamplerReferenceTests
{
    private const double Tolerance = 1e-5;

    [Theory, MemberData(nameof(Sets))]
    public void Draws_from_the_reference_distribution(string prefix, int set)
    {
        var expected = new SamplerSet(prefix, set);
        for (var cell = 0; cell < expected.Cells; cell++)
        {
            var drawn = expected.Distribution(cell);
            var reference = expected.Reference(cell);
            drawn.Keys.Order().ShouldBe(reference.Keys.Order(), $"cell {cell}");
            foreach (var (id, probability) in reference) drawn[id].ShouldBe(probability, Tolerance, $"cell {cell}, id {id}");
        }
    }

    [Fact]
    public void Is_certain_of_eos_as_often_as_the_reference()
    {
        if (!SamplerSet.Vectors.Json.TryGetProperty("cells_where_eos_is_certain", out var certain)) return;
        var sets = Sets().Where(row => row.Data.Item1.Length == 0).Select(row => new SamplerSet(row.Data.Item1, row.Data.Item2));
        sets.Sum(set => Enumerable.Range(0, set.Cells).Count(set.IsCertainOfEos)).ShouldBe(certain.GetInt32());
    }

    public static IEnumerable<TheoryDataRow<string, int>> Sets() =>
        from prefix in new[] { "", "classic." }
        let key = SamplerSet.ParametersKey(prefix)
        where SamplerSet.Vectors.Json.TryGetProperty(key, out _)
        from set in Enumerable.Range(0, SamplerSet.Vectors.Json.GetProperty(key).GetArrayLength())
        select new TheoryDataRow<string, int>(prefix, set);

    /// <summary>One set of parameters over the logits of its profile.</summary>
    private sealed class SamplerSet
    {
        private readonly float[] _cond;
        private readonly float[] _uncond;
        private readonly int[] _offsets;
        private readonly int[] _ids;
        private readonly float[] _probabilities;
        private readonly int _channels;
        private readonly SamplingSettings _settings;
        private readonly TokenSampler _sampler;

        public SamplerSet(string prefix, int set)
        {
            _cond = Vectors.Floats($"{prefix}cond");
            _uncond = Vectors.Floats($"{prefix}uncond");
            _offsets = Vectors.Ints($"{prefix}set{set}.offsets");
            _ids = Vectors.Ints($"{prefix}set{set}.ids");
            _probabilities = Vectors.Floats($"{prefix}set{set}.probs");
            var shape = Vectors.Shape($"{prefix}cond");
            var special = VectorFile.Open("delay").Json;
            var bos = special.GetProperty("bos").GetInt32();
            var eos = special.GetProperty("eos").GetInt32();
            var pad = special.GetProperty("pad").GetInt32();
            _channels = (int)shape[1];
            Rules = new TokenRules(bos, eos, pad, CodebookSize: eos, Vocab: (int)shape[2], Classic: prefix.Length > 0);
            _settings = Settings(Vectors.Json.GetProperty(ParametersKey(prefix))[set]);
            _sampler = new TokenSampler(Rules, _settings.TopK + 1);
        }

        public static VectorFile Vectors { get; } = VectorFile.Open("sampler");

        private TokenRules Rules { get; }

        public int Cells => _offsets.Length - 1;

        public static string ParametersKey(string prefix) =>
            prefix.TrimEnd('.') is { Length: > 0 } profile ? $"{profile}_params" : "params";

        public Dictionary<int, double> Reference(int cell) =>
            Enumerable.Range(_offsets[cell], _offsets[cell + 1] - _offsets[cell]).ToDictionary(
                entry => _ids[entry],
                entry => (double)_probabilities[entry]);

        public bool IsCertainOfEos(int cell) => Distribution(cell) is { Count: 1 } only && only.ContainsKey(Rules.Eos);

        public Dictionary<int, double> Distribution(int cell)
        {
            var channel = cell % _channels;
            var cond = _cond.AsSpan(cell * Rules.Vocab, Rules.Vocab);
            var uncond = _uncond.AsSpan(cell * Rules.Vocab, Rules.Vocab);
            var ids = new int[_settings.TopK + 1];
            var values = new float[_settings.TopK + 1];
            var selected = Rules.Classic
                ? CandidateSelection.SelectClassic(channel, cond, uncond, _settings.Guidance, Rules, ids, values)
                : CandidateSelection.Select0626(cond, uncond, _settings.Guidance, ids, values);
            var outIds = new int[ids.Length];
            var probabilities = new double[ids.Length];
            _sampler.Probabilities(
                channel,
                ids.AsSpan(0, selected),
                values.AsSpan(0, selected),
                _settings,
                CandidateSelection.Fallback(cond, Rules),
                outIds,
                probabilities,
                out var count);
            return outIds.Zip(probabilities).Take(count).ToDictionary(pair => pair.First, pair => pair.Second);
        }

        private static SamplingSettings Settings(JsonElement json) => new(
            json.GetProperty("scale").GetSingle(),
            json.GetProperty("temperature").GetSingle(),
            json.GetProperty("top_p").GetSingle(),
            json.GetProperty("top_k").GetInt32());
    }
}
