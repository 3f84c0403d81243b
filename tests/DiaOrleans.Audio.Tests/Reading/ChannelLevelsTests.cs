using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

public sealed class ChannelLevelsTests
{
    [Theory]
    [InlineData(null, 1f)]
    [InlineData(null, 1f, 0f)]
    [InlineData(null, 1f, 1f)]
    [InlineData(null, 1f, -0.5f)]
    [InlineData(null, 0f, 0f)]
    [InlineData(null, 0f, 0f, 0f, 0f, 0f, 0f, 0f, 1f)]
    [InlineData(0, 1f, -0.99f)]
    [InlineData(1, 0.9f, -1f)]
    [InlineData(2, 0.5f, 0.48f, -1f)]
    [InlineData(3, 0.2f, -0.2f, 0.4f, -0.41f)]
    public void The_loudest_channel_is_found_if_the_average_nearly_cancels(int? expected, params float[] levels)
    {
        foreach (var offset in (float[])[0, 0.3f])
        {
            var measured = new ChannelLevels(levels.Length);
            for (var i = 0; i < 1000; i++) measured.Average([.. levels.Select(level => offset + level * MathF.Sin(i * 0.3f))]);
            measured.FindLoudestIfCancelled().ShouldBe(expected);
        }
    }

    [Fact]
    public void A_recording_without_frames_has_no_loudest_channel() => new ChannelLevels(2).FindLoudestIfCancelled().ShouldBeNull();
}
