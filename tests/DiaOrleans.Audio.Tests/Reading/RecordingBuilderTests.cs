using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

public sealed class RecordingBuilderTests
{
    private static readonly ReadLimits Minute = new(60);

    [Fact]
    public void Channels_become_their_mean()
    {
        var recording = new RecordingBuilder(8000, 3, Minute);
        recording.Append([0.3f, 0.6f, 0.9f, -1f, 0f, 0.25f]);
        recording.Append([1f, 1f, 1f]);
        recording.Build().Samples.ShouldBe([(float)((0.3f + 0.6 + 0.9f) / 3), -0.25f, 1f], 1e-7);
    }

    [Fact]
    public void Nan_and_infinite_samples_count_as_zero()
    {
        var recording = new RecordingBuilder(8000, 2, Minute);
        recording.Append([float.NaN, 0.5f, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MaxValue]);
        recording.Build().Samples.ShouldBe([0.25f, 0f, float.MaxValue]);
    }

    [Fact]
    public void It_holds_exactly_as_many_samples_as_the_limit()
    {
        var recording = new RecordingBuilder(1000, 1, new ReadLimits(0.5));
        for (var i = 0; i < 5; i++) recording.Append(new float[100]);
        recording.Build().Duration.ShouldBe(TimeSpan.FromSeconds(0.5));
        Should.Throw<RecordingException>(() => recording.Append([0f])).Problem.ShouldBe(RecordingProblem.TooLong);
    }

    [Fact]
    public void The_message_says_the_limit() =>
        Should.Throw<RecordingException>(() => new RecordingBuilder(1000, 1, new ReadLimits(0.5)).Append(new float[501]))
            .Message.ShouldBe("It is longer than 0.5 seconds.");

    [Fact]
    public void One_channel_can_be_kept()
    {
        var recording = new RecordingBuilder(8000, 2, Minute, channel: 1);
        recording.Append([0.3f, 0.6f, -1f, float.NaN]);
        recording.Build().Samples.ShouldBe([0.6f, 0f]);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-44100, 1)]
    [InlineData(999, 1)]
    [InlineData(768_001, 1)]
    [InlineData(44100, 0)]
    [InlineData(44100, -1)]
    [InlineData(44100, 65)]
    public void Rates_and_channels_out_of_range_are_unreadable(int rate, int channels) =>
        Should.Throw<RecordingException>(() => new RecordingBuilder(rate, channels, Minute)).Problem.ShouldBe(RecordingProblem.Unreadable);

    [Fact]
    public void A_recording_without_samples_is_empty() =>
        Should.Throw<RecordingException>(() => new RecordingBuilder(44100, 1, Minute).Build()).Problem.ShouldBe(RecordingProblem.Empty);

    [Fact]
    public void Without_a_limit_memory_is_used_for_the_samples_alone()
    {
        var recording = new RecordingBuilder(44100, 1, new ReadLimits(double.PositiveInfinity));
        recording.Append(new float[100_000]);
        recording.Append(new float[100_000]);
        recording.Build().Samples.Length.ShouldBe(200_000);
    }
}
