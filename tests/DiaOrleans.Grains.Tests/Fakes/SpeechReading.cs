using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Speech;

namespace DiaOrleans.Grains.Tests.Fakes;

internal static class SpeechReading
{
    /// <summary>The audio of a request from its first byte to its last, in the parts in which it is read.</summary>
    public static async Task<IReadOnlyList<byte[]>> ReadAll(this SpeechSession speech)
    {
        var parts = new List<byte[]>();
        await foreach (var part in speech.Read(TestContext.Current.CancellationToken)) parts.Add(part.ToArray());
        return parts;
    }

    /// <summary>The state of a request that has ended or whose first byte can be read.</summary>
    public static Task<SpeechSnapshot> Wait(this SpeechSession speech) =>
        speech.Wait(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Starts a request.</summary>
    public static Task<SpeechAdmission> Start(this SpeechSession speech, SpeechRequest request) =>
        speech.Start(request, TestContext.Current.CancellationToken);
}
