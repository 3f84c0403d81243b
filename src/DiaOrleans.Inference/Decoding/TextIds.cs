using System.Text;

namespace DiaOrleans.Inference.Decoding;

/// <summary>Script to text ids: UTF-8 bytes, each speaker tag one id; spec/model.md 3.1.</summary>
public static class TextIds
{
    private const int TagLength = 4;

    /// <summary>Ids of <paramref name="text"/>. NUL and the other C0 controls are dropped: they are padding and tags to the model.</summary>
    public static int[] Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var ids = new List<int>(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (Speaker(bytes.AsSpan(i)) is { } speaker)
            {
                ids.Add(speaker);
                i += TagLength - 1;
            }
            else if (bytes[i] >= ' ')
            {
                ids.Add(bytes[i]);
            }
        }

        return [.. ids];
    }

    /// <summary>UTF-8 bytes of <paramref name="text"/> without its tags: what spec/api.md 3.2 counts.</summary>
    public static int OwnTextBytes(string text) => Encode(text).Count(id => id > 2);

    private static int? Speaker(ReadOnlySpan<byte> at) => at.StartsWith("[S1]"u8) ? 1 : at.StartsWith("[S2]"u8) ? 2 : null;
}
