using System.Runtime.InteropServices;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Quantisation;

namespace DiaOrleans.Inference.Tests.Quantisation;

public class BlockLayoutTests
{
    private const int Inputs = 72;
    private const int Outputs = 37;
    private const int Blocks = 3;

    private readonly BlockLayout _groups = new(8, BlockOrder.Groups);

    [Fact]
    public void Groups_have_four_inputs_of_32_outputs_side_by_side_and_zeros_in_the_place_of_missing_outputs()
    {
        byte[] codes = [.. Enumerable.Range(0, Outputs * Blocks * 32).Select(i => (byte)(i * 7 % 251 + 1))];
        var ordered = _groups.Arrange(codes, Outputs);
        _groups.CodesShape(Inputs, Outputs).ShouldBe([2, Blocks, 8, 32, 4]);
        ordered.Length.ShouldBe(2 * Blocks * 8 * 32 * 4);
        for (var place = 0; place < ordered.Length; place++)
        {
            var (group, block, four, output, input) = Place(place);
            var from = group * 32 + output;
            ordered[place].ShouldBe(from < Outputs ? codes[(from * Blocks + block) * 32 + four * 4 + input] : (byte)0);
        }
    }

    [Fact]
    public void Scales_have_the_outputs_of_a_group_side_by_side()
    {
        float[] scales = [.. Enumerable.Range(0, Outputs * Blocks).Select(i => i + 1f)];
        var ordered = Arrange(_groups, scales, Outputs);
        _groups.ScalesShape(Inputs, Outputs).ShouldBe([2, Blocks, 32]);
        for (var place = 0; place < ordered.Length; place++)
        {
            var output = place / (32 * Blocks) * 32 + place % 32;
            ordered[place].ShouldBe(output < Outputs ? scales[output * Blocks + place / 32 % Blocks] : 0);
        }
    }

    [Theory]
    [InlineData(8, 32)]
    [InlineData(4, 16)]
    public void The_order_of_outputs_is_left_as_it_is(int bits, int blockBytes)
    {
        var layout = new BlockLayout(bits, BlockOrder.Outputs);
        layout.CodesShape(Inputs, Outputs).ShouldBe([Outputs, Blocks, blockBytes]);
        layout.ScalesShape(Inputs, Outputs).ShouldBe([Outputs, Blocks]);
        byte[] codes = [1, 2, 3];
        layout.Arrange(codes, Outputs).ShouldBe(codes);
        Arrange(layout, [4f], Outputs).ShouldBe([4f]);
    }

    [Fact]
    public void Weights_of_4_bits_have_no_groups() => BlockLayout.Of(4).Order.ShouldBe(BlockOrder.Outputs);

    private static float[] Arrange(BlockLayout layout, float[] scales, int outputs) =>
        MemoryMarshal.Cast<byte, float>(layout.Arrange(MemoryMarshal.AsBytes(scales.AsSpan()).ToArray(), outputs)).ToArray();

    /// <summary>Indices of a code in [groups, blocks, 8, 32, 4].</summary>
    private static (int Group, int Block, int Four, int Output, int Input) Place(int place) => (
        place / (Blocks * 1024),
        place / 1024 % Blocks,
        place / 128 % 8,
        place / 4 % 32,
        place % 4);
}
