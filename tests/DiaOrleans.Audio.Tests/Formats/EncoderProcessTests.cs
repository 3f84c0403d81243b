using System.Buffers;
using System.Diagnostics;
using DiaOrleans.Audio.Formats;

namespace DiaOrleans.Audio.Tests.Formats;

/// <summary>The errors of a child process, with scripts of the shell in place of ffmpeg.</summary>
public sealed class EncoderProcessTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    [Fact]
    public void Output_is_available_while_the_process_runs()
    {
        using var process = Shell("cat", Timeout);
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
    public void More_bytes_than_the_pipes_hold_pass_through()
    {
        using var process = Shell("cat", Timeout);
        var output = new ArrayBufferWriter<byte>();
        var sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);
        for (var n = 0; n < sent.Length; n += 100_000) process.Send(sent.AsSpan(n, 100_000));
        process.Finish();
        process.Drain(output);
        output.WrittenSpan.SequenceEqual(sent).ShouldBeTrue();
    }

    [Fact]
    public void An_early_end_is_reported_with_status_and_last_errors()
    {
        using var process = Shell("echo it failed >&2; exit 3", Timeout);
        var problem = Should.Throw<AudioEncodingException>(() =>
        {
            var block = new byte[4096];
            for (var n = 0; n < 10_000; n++) process.Send(block);
            process.Finish();
        });
        problem.Message.ShouldBe("sh ended with status 3: it failed");
    }

    [Fact]
    public void A_failure_at_the_end_is_reported()
    {
        using var process = Shell("cat >/dev/null; exit 7", Timeout);
        process.Send("audio"u8);
        Should.Throw<AudioEncodingException>(process.Finish).Message.ShouldBe("sh ended with status 7.");
    }

    [Fact]
    public void Many_error_lines_do_not_block_the_process()
    {
        const string Errors = "i=0; while [ $i -lt 3000 ]; do echo a long line of text on the standard error >&2; i=$((i+1)); done";
        using var process = Shell($"{Errors}; cat", Timeout);
        process.Send("audio"u8);
        process.Finish();
        var output = new ArrayBufferWriter<byte>();
        process.Drain(output);
        output.WrittenSpan.SequenceEqual("audio"u8).ShouldBeTrue();
    }

    [Fact]
    public void A_process_that_reads_nothing_is_ended_after_the_timeout()
    {
        using var process = Shell("exec sleep 600", TimeSpan.FromSeconds(0.3));
        var block = new byte[1 << 16];
        Should.Throw<AudioEncodingException>(() =>
        {
            for (var n = 0; n < 100; n++) process.Send(block);
        }).Message.ShouldStartWith("sh did nothing for");
    }

    [Fact]
    public void A_process_that_does_not_end_is_ended_after_the_timeout()
    {
        using var process = Shell("exec sleep 600", TimeSpan.FromSeconds(0.3));
        Should.Throw<AudioEncodingException>(process.Finish).Message.ShouldStartWith("sh did nothing for");
    }

    [Fact]
    public void Dispose_kills_the_process()
    {
        var output = new ArrayBufferWriter<byte>();
        int id;
        using (var process = Shell("echo $$; exec sleep 600", Timeout))
        {
            var deadline = Environment.TickCount64 + 20_000;
            while (output.WrittenCount == 0 && Environment.TickCount64 < deadline) process.Drain(output);
            id = int.Parse(System.Text.Encoding.ASCII.GetString(output.WrittenSpan));
            Process.GetProcessById(id).HasExited.ShouldBeFalse();
        }

        Should.Throw<ArgumentException>(() => Process.GetProcessById(id));
    }

    [Fact]
    public void A_missing_program_is_reported() =>
        Should.Throw<AudioEncodingException>(() => new EncoderProcess("/nowhere/ffmpeg", [], Timeout))
            .Message.ShouldStartWith("ffmpeg does not start");

    private static EncoderProcess Shell(string script, TimeSpan timeout)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("there is no sh");
        return new EncoderProcess("/bin/sh", ["-c", script], timeout);
    }
}
