using System.Buffers.Binary;
using System.Text;

namespace DiaOrleans.Audio.Tests.Reading;

/// <summary>Builds RIFF files byte by byte, valid or not.</summary>
internal static class WaveBytes
{
    public const ushort Pcm = 1;
    public const ushort Float = 3;
    public const ushort Extensible = 0xFFFE;

    public static byte[] Pcm16(int rate, int channels, params short[] samples) =>
        File(Format(Pcm, 16, channels, rate), Chunk("data", [.. samples.SelectMany(BitConverter.GetBytes)]));

    public static byte[] Float32(int rate, int channels, params float[] samples) =>
        File(Format(Float, 32, channels, rate), Chunk("data", [.. samples.SelectMany(BitConverter.GetBytes)]));

    public static byte[] File(params byte[][] chunks)
    {
        var body = chunks.SelectMany(c => c).ToArray();
        return [.. "RIFF"u8, .. Number((uint)body.Length + 4), .. "WAVE"u8, .. body];
    }

    public static byte[] Format(ushort tag, int bits, int channels, int rate) => Chunk("fmt ", Layout(tag, bits, channels, rate));

    public static byte[] ExtensibleFormat(ushort tag, int bits, int channels, int rate)
    {
        byte[] guid = [.. Short(tag), 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
        return Chunk("fmt ", [.. Layout(Extensible, bits, channels, rate), .. Short(22), .. Short((ushort)bits), .. Number(0), .. guid]);
    }

    /// <summary>A chunk, padded to an even length; <paramref name="size"/> replaces its true size.</summary>
    public static byte[] Chunk(string id, byte[] content, uint? size = null)
    {
        byte[] padding = content.Length % 2 == 0 ? [] : [0];
        return [.. Encoding.ASCII.GetBytes(id), .. Number(size ?? (uint)content.Length), .. content, .. padding];
    }

    private static byte[] Layout(ushort tag, int bits, int channels, int rate)
    {
        var frame = channels * bits / 8;
        return
        [
            .. Short(tag), .. Short((ushort)channels), .. Number((uint)rate), .. Number((uint)(rate * frame)),
            .. Short((ushort)frame), .. Short((ushort)bits),
        ];
    }

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Short(ushort value) => [(byte)value, (byte)(value >> 8)];
}
