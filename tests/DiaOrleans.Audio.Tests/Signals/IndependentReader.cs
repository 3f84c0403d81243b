using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DiaOrleans.Audio.Tests.Signals;

/// <summary>
/// Reads files by ffprobe, ffmpeg and sox, independently of the encoders. A test whose program is missing is skipped.
/// </summary>
internal static class IndependentReader
{
    public sealed record Facts(string Container, string Codec, int SampleRate, int Channels, double Seconds);

    public static Facts Probe(byte[] file, string extension)
    {
        string[] arguments = ["-v", "error", "-show_format", "-show_streams", "-of", "json"];
        var json = JsonDocument.Parse(OnFile(file, extension, path => Run("ffprobe", [.. arguments, path]))).RootElement;
        var format = json.GetProperty("format");
        var stream = json.GetProperty("streams").EnumerateArray().ShouldHaveSingleItem();
        return new Facts(
            format.GetProperty("format_name").GetString()!,
            stream.GetProperty("codec_name").GetString()!,
            int.Parse(stream.GetProperty("sample_rate").GetString()!, CultureInfo.InvariantCulture),
            stream.GetProperty("channels").GetInt32(),
            double.Parse(format.TryGetProperty("duration", out var duration) ? duration.GetString()! : "0", CultureInfo.InvariantCulture));
    }

    /// <summary>Decodes a file by ffmpeg; a line on its standard error fails the test.</summary>
    public static float[] Decode(byte[] file, string extension) =>
        ToSamples(OnFile(file, extension, path => Run("ffmpeg", ["-v", "error", "-nostdin", "-i", path, "-f", "f32le", "pipe:1"])));

    /// <summary>Decodes a file by sox.</summary>
    public static float[] DecodeWithSox(byte[] file, string extension) =>
        ToSamples(OnFile(file, extension, path => Run("sox", [path, "-t", "f32", "-"])));

    private static float[] ToSamples(byte[] bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    private static byte[] OnFile(byte[] file, string extension, Func<string, byte[]> run)
    {
        var path = Path.Combine(Path.GetTempPath(), $"dia-audio-{Guid.NewGuid():N}.{extension}");
        try
        {
            File.WriteAllBytes(path, file);
            return run(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{program} is not installed");
        }

        using (process!)
        {
            var errors = process!.StandardError.ReadToEndAsync();
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            errors.GetAwaiter().GetResult().ShouldBeEmpty($"{program} {string.Join(' ', arguments)}");
            process.ExitCode.ShouldBe(0);
            return output.ToArray();
        }
    }
}
