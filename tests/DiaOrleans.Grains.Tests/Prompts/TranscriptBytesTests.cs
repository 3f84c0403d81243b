using System.Text;
using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class TranscriptBytesTests
{
    private const string Text = "Zoë said: “Crème brûlée costs 5 €”.";

    public static TheoryData<string> Encodings => ["utf-8", "utf-8 with mark", "utf-16", "utf-16BE", "windows-1252"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void The_encoding_is_recognised(string name)
    {
        byte[] file = name switch
        {
            "utf-8" => Encoding.UTF8.GetBytes(Text),
            "utf-8 with mark" => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Text)],
            "utf-16" => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Text)],
            "utf-16BE" => [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Text)],
            _ => CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes(Text),
        };
        TranscriptBytes.Decode(file).ShouldBe(Text);
    }

    [Theory]
    [InlineData(new byte[] { }, "")]
    [InlineData(new byte[] { 0x45, 0x74, 0xE9 }, "Eté")]
    [InlineData(new byte[] { 0x80, 0x93, 0x9C, 0xFC }, "€“œü")]
    [InlineData(new byte[] { 0xC3, 0xA9, 0xE9 }, "Ã©é")]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0x80 }, "😀")]
    public void Bytes_that_are_not_utf_8_are_windows_1252(byte[] file, string text) => TranscriptBytes.Decode(file).ShouldBe(text);
}
