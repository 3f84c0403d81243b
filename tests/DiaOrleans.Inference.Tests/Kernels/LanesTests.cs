using System.Runtime.InteropServices;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Tests.Kernels;

public sealed unsafe class LanesTests : IDisposable
{
    private const int Floats = 1 << 14;

    private readonly float* _row = (float*)NativeMemory.AlignedAlloc(Floats * sizeof(float), 64);
    private readonly float* _vectors = (float*)NativeMemory.AlignedAlloc(Floats * sizeof(float), 64);

    public LanesTests() => Assert.SkipUnless(Lanes.IsSupported, "needs AVX-512");

    public void Dispose()
    {
        NativeMemory.AlignedFree(_row);
        NativeMemory.AlignedFree(_vectors);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(50)]
    public void A_vector_has_an_element_of_each_segment(int segment)
    {
        for (var i = 0; i < Lanes.Row(segment); i++) _row[i] = i;
        Lanes.Enter(_row, segment, segment, _vectors);
        for (var i = 0; i < segment * Lanes.Count; i++) _vectors[i].ShouldBe(i % Lanes.Count * segment + i / Lanes.Count);

        new Span<float>(_row, Floats).Fill(-1);
        Lanes.Leave(_vectors, segment, _row);
        for (var i = 0; i < segment * Lanes.Count; i++) _row[i].ShouldBe(i);
        for (var i = Lanes.Row(segment); i < Floats; i++) _row[i].ShouldBe(-1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(30)]
    public void What_is_beside_a_segment_is_of_the_segments_beside_it(int segment)
    {
        const int Before = 9;
        const int Behind = 20;
        var x = _vectors + Before * Lanes.Count;
        for (var i = 0; i < segment * Lanes.Count; i++) x[i] = 1 + i % Lanes.Count * segment + i / Lanes.Count;
        Lanes.WriteBeside(x, segment, Before, Behind);
        for (var s = -Before; s < segment + Behind; s++)
        {
            for (var lane = 0; lane < Lanes.Count; lane++)
            {
                var element = lane * segment + s;
                var expected = element < 0 || element >= segment * Lanes.Count ? 0 : 1 + element;
                x[s * Lanes.Count + lane].ShouldBe(expected, $"{s}, {lane}");
            }
        }
    }
}
