using DiaOrleans.Abstractions.Speech;

namespace DiaOrleans.Grains.Tests.Fakes;

internal static class SpeechReading
{
    /// <summary>The audio of a request from its first byte to its last, in the parts in which it is read.</summary>
    public static async Task<IReadOnlyList<byte[]>> ReadAll(this ISpeechGrain speech)
    {
        var parts = new List<byte[]>();
        while (true)
        {
            var audio = await speech.Read(parts.Sum(part => (long)part.Length));
            parts.Add(audio.Bytes);
            if (audio.IsLast) return parts;
        }
    }
}
