using System.Buffers;
using System.Diagnostics;
using DiaOrleans.Audio.Formats;

namespace DiaOrleans.Audio.Tests.Formats;

/// <summary>How a child process that misbehaves is met, with the shell in ffmpeg's place.</summary>
public sealed class EncoderProcessTests
{
    private static readonly TimeSpan TimeLimits = TimeSpan.FromSeconds(20);

    [Fact]
    public void What_it_writes_comes_while_it_runs()
    {
        using var process = Shell("cat", TimeLimits);
        var output = new ArrayBufferWriter<byte>();
        process.Send("early"u8);
        var deadline = Environment.TickCount64 + 20_000;
        while (output.WrittenCount < 5 && Environment.TickCount64 < deadline) process.Drain(output);
        output.WrittenSpan.SequenceEqual("early"u8).ShouldBeTrue();
        process.Send(" and late"u8);
        process.Finish();
        process.Drain(output);
        output.WrittenSpan.SequenceEqual("early and late"u8).ShouldBeTrue();
    }

    [Fact]
    public void Much_more_than_the_pipes_hold_goes_through()
    {
        using var process = Shell("cat", TimeLimits);
        var output = new ArrayBufferWriter<byte>();
        var sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);
        for (var n = 0; n < sent.Length; n += 100_000) process.Send(sent.AsSpan(n, 100_000));
        process.Finish();
        process.Drain(output);
        output.WrittenSpan.SequenceEqual(sent).ShouldBeTrue();
    }

    [Fact]
    public void Its_death_is_told_with_status_and_last_words()
    {
        using var process = Shell("echo it hurts >&2; exit 3", TimeLimits);
        var problem = Should.Throw<AudioEncodingException>(() =>
        {
            var block = new byte[4096];
            for (var n = 0; n < 10_000; n++) process.Send(block);
            process.Finish();
        });
        problem.Message.ShouldBe("sh ended with status 3: it hurts");
    }

    [Fact]
    public void A_failure_at_the_end_is_a_failure()
    {
        using var process = Shell("cat >/dev/null; exit 7", TimeLimits);
        process.Send("audio"u8);
        Should.Throw<AudioEncodingException>(process.Finish).Message.ShouldBe("sh ended with status 7.");
    }

    [Fact]
    public void Last_words_without_end_do_not_stop_it()
    {
        using var process = Shell("i=0; while [ $i -lt 3000 ]; do echo a long line of complaint about nothing in particular >&2; i=$((i+1)); done; cat", TimeLimits);
        process.Send("audio"u8);
        process.Finish();
        var output = new ArrayBufferWriter<byte>();
        process.Drain(output);
        output.WrittenSpan.SequenceEqual("audio"u8).ShouldBeTrue();
    }

    [Fact]
    public void One_that_reads_nothing_is_ended_when_patience_is()
    {
        using var process = Shell("exec sleep 600", TimeSpan.FromSeconds(0.3));
        var block = new byte[1 << 16];
        Should.Throw<AudioEncodingException>(() =>
        {
            for (var n = 0; n < 100; n++) process.Send(block);
        }).Message.ShouldStartWith("sh did nothing for");
    }

    [Fact]
    public void One_that_does_not_end_is_ended_when_patience_is()
    {
        using var process = Shell("exec sleep 600", TimeSpan.FromSeconds(0.3));
        Should.Throw<AudioEncodingException>(process.Finish).Message.ShouldStartWith("sh did nothing for");
    }

    [Fact]
    public void Disposing_it_kills_it()
    {
        var output = new ArrayBufferWriter<byte>();
        int id;
        using (var process = Shell("echo $$; exec sleep 600", TimeLimits))
        {
            var deadline = Environment.TickCount64 + 20_000;
            while (output.WrittenCount == 0 && Environment.TickCount64 < deadline) process.Drain(output);
            id = int.Parse(System.Text.Encoding.ASCII.GetString(output.WrittenSpan));
            Process.GetProcessById(id).HasExited.ShouldBeFalse();
        }

        Should.Throw<ArgumentException>(() => Process.GetProcessById(id));
    }

    [Fact]
    public void One_that_is_not_there_is_told() =>
        Should.Throw<AudioEncodingException>(() => new EncoderProcess("/nowhere/ffmpeg", [], TimeLimits)).Message.ShouldStartWith("ffmpeg does not start");

    private static EncoderProcess Shell(string script, TimeSpan patience)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("there is no sh");
        return new EncoderProcess("/bin/sh", ["-c", script], patience);
    }
}
