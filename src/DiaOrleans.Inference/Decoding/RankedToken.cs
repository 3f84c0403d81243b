namespace DiaOrleans.Inference.Decoding;

/// <summary>A token and its logit in one number: ascending order is best first, the lower id first if logits are equal.</summary>
internal static class RankedToken
{
    private const uint Sign = 0x8000_0000;

    /// <summary>Packs both; -0 ranks as 0.</summary>
    public static ulong Pack(float logit, int id)
    {
        var bits = BitConverter.SingleToUInt32Bits(logit + 0f); // makes -0 equal to 0
        var ascending = (bits & Sign) != 0 ? ~bits : bits | Sign;
        return ((ulong)~ascending << 32) | (uint)id;
    }

    /// <summary>The token.</summary>
    public static int Id(ulong ranked) => (int)(uint)ranked;

    /// <summary>The logit.</summary>
    public static float Logit(ulong ranked)
    {
        var ascending = ~(uint)(ranked >> 32);
        return BitConverter.UInt32BitsToSingle((ascending & Sign) != 0 ? ascending & ~Sign : ~ascending);
    }
}
