using System.Diagnostics;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Server.Decoding;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Server.Tests.Decoding;

/// <summary>Recordings are decoded in a process of their own, which may die or hang.</summary>
public sealed class ChildRecordingReaderTests : IDisposable
{
    private static readonly ReadLimits Limits = new(60);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ChildRecordingReader _reader;

    public ChildRecordingReaderTests() =>
        _reader = new ChildRecordingReader(_folder.File("decoding"), _time, NullLogger<ChildRecordingReader>.Instance);

    private int Child => _reader.ProcessIds.ShouldHaveSingleItem();

    public void Dispose()
    {
        _reader.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_recording_is_the_same_as_decoded_in_this_process_and_the_next_one_needs_no_new_process()
    {
        var file = PromptServer.Tone(2, rate: 22_050);
        var expected = RecordingReaders.Create().Read(file, Limits);
        var first = _reader.Read(file, Limits);
        (first.SampleRate, first.Channels).ShouldBe((expected.SampleRate, expected.Channels));
        first.Samples.ShouldBe(expected.Samples);
        var child = Child;
        child.ShouldNotBe(Environment.ProcessId);
        _reader.Read(PromptServer.Tone(1), Limits).Samples.Length.ShouldBe(16_000);
        Child.ShouldBe(child);
    }

    [Fact]
    public void What_a_killed_server_left_is_deleted_and_everything_else_in_the_folder_stays()
    {
        var folder = _folder.File("used");
        var left = Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName;
        File.WriteAllBytes(Path.Combine(left, "recording"), [1]);
        var other = Directory.CreateDirectory(Path.Combine(folder, "photographs")).FullName;
        File.WriteAllBytes(Path.Combine(other, "one"), [1]);
        File.WriteAllBytes(Path.Combine(folder, "two"), [1]);
        using var reader = new ChildRecordingReader(folder, _time, NullLogger<ChildRecordingReader>.Instance);
        reader.Read(PromptServer.Tone(1), Limits).Samples.Length.ShouldBe(16_000);
        Directory.Exists(left).ShouldBeFalse();
        File.Exists(Path.Combine(other, "one")).ShouldBeTrue();
        File.Exists(Path.Combine(folder, "two")).ShouldBeTrue();
    }

    [Fact]
    public void A_refusal_is_the_reader_s_and_the_process_goes_on()
    {
        foreach (var (file, problem) in ((byte[], RecordingProblem)[])
            [
                (new byte[1000], RecordingProblem.Unreadable),
                ([], RecordingProblem.Unreadable),
                (PromptServer.Tone(0), RecordingProblem.Empty),
                (PromptServer.Tone(61), RecordingProblem.TooLong),
            ])
        {
            var own = Should.Throw<RecordingException>(() => RecordingReaders.Create().Read(file, Limits));
            var read = Should.Throw<RecordingException>(() => _reader.Read(file, Limits));
            read.Problem.ShouldBe(problem);
            read.Message.ShouldBe(own.Message);
        }

        _ = Child;
    }

    [Fact]
    public async Task A_process_that_is_killed_fails_its_recording_and_the_next_one_starts_another()
    {
        _reader.Read(PromptServer.Tone(1), Limits);
        var child = Child;
        await Signal("-STOP", child);
        var reading = Task.Run(() => _reader.Read(PromptServer.Tone(1), Limits));
        await Task.Delay(200);
        reading.IsCompleted.ShouldBeFalse();
        await Signal("-KILL", child);
        var failure = await Should.ThrowAsync<RecordingException>(reading);
        (failure.Problem, failure.Message).ShouldBe((RecordingProblem.Unreadable, "The decoder stopped while it read this file."));
        _reader.Read(PromptServer.Tone(1), Limits).Samples.Length.ShouldBe(16_000);
        Child.ShouldNotBe(child);
    }

    [Fact]
    public async Task A_process_that_is_killed_between_recordings_fails_none()
    {
        _reader.Read(PromptServer.Tone(1), Limits);
        var child = Child;
        await Signal("-KILL", child);
        await GoneAsync(child);
        _reader.Read(PromptServer.Tone(1), Limits).Samples.Length.ShouldBe(16_000);
        Child.ShouldNotBe(child);
    }

    [Fact]
    public async Task A_process_that_hangs_is_killed_when_its_reader_gives_up()
    {
        _reader.Read(PromptServer.Tone(1), Limits);
        var child = Child;
        await Signal("-STOP", child);
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(() => _reader.Read(PromptServer.Tone(1), Limits, stop.Token));
        await Task.Delay(200);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(reading);
        await GoneAsync(child);
        _reader.Read(PromptServer.Tone(1), Limits).Samples.Length.ShouldBe(16_000);
    }

    [Fact]
    public async Task A_process_without_work_ends_and_leaves_no_files()
    {
        _reader.Read(PromptServer.Tone(1), Limits);
        var child = Child;
        _time.Advance(TimeSpan.FromMinutes(10));
        Child.ShouldBe(child, "it had work in this period");
        _time.Advance(TimeSpan.FromMinutes(10));
        await GoneAsync(child);
        _reader.ProcessIds.ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Count().ShouldBeLessThan(2);
    }

    [Fact]
    public async Task The_process_ends_with_its_reader()
    {
        _reader.Read(PromptServer.Tone(1), Limits);
        var child = Child;
        _reader.Dispose();
        await GoneAsync(child);
    }

    [Fact]
    public void The_system_limits_the_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux has these limits");
        _reader.Read(PromptServer.Tone(1), Limits);
        var limits = File.ReadAllLines($"/proc/{Child}/limits").ToDictionary(line => line[..26].Trim(), line => line[26..].Split(' ')[0]);
        limits["Max data size"].ShouldBe((2L << 30).ToString());
        limits["Max file size"].ShouldBe((512L << 20).ToString());
        limits["Max core file size"].ShouldBe("0");
        int.Parse(limits["Max cpu time"]).ShouldBeInRange(120, 180);
    }

    private static async Task Signal(string signal, int process)
    {
        using var kill = Process.Start("kill", [signal, process.ToString()]);
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }

    private static async Task GoneAsync(int process)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (IsRunning(process)) await Task.Delay(20, limit.Token);
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
