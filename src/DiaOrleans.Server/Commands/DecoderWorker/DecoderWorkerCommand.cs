using System.CommandLine;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Server.ChildProcesses;
using DiaOrleans.Server.Decoding;

namespace DiaOrleans.Server.Commands.DecoderWorker;

/// <summary><c>decoder-worker FOLDER</c>: the process that decodes recordings. The server starts it; it ends when its input ends.</summary>
internal static class DecoderWorkerCommand
{
    private const long MaxMemory = 2L << 30;
    private const long MaxFile = 512L << 20;

    /// <summary>More than the server waits for a recording.</summary>
    private static readonly TimeSpan MaxProcessorTime = TimeSpan.FromSeconds(120);

    /// <summary>The command, which the help does not show.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Folder for temporary files." };
        var command = new Command(DecoderProtocol.Command, "Decodes recordings from its standard input.") { folder };
        command.Hidden = true;
        command.SetAction(parsed => Run(parsed.GetRequiredValue(folder)));
        return command;
    }

    private static int Run(string folder)
    {
        using var output = new WorkerOutput();
        ProcessLimits.Set(MaxMemory, MaxFile);
        var files = new WorkerInput<DecoderRequest>(DecoderProtocol.ReadFile);
        var reader = RecordingReaders.Create(folder);
        foreach (var request in files.Requests)
        {
            ProcessLimits.SetProcessorTime(MaxProcessorTime);
            Answer(output.Stream, reader, request);
        }

        return 0;
    }

    private static void Answer(Stream answers, RecordingReaders reader, DecoderRequest request)
    {
        Recording recording;
        try
        {
            recording = reader.Read(request.File, request.Limits);
        }
        catch (RecordingException e)
        {
            DecoderProtocol.WriteAnswer(answers, new DecoderAnswer(e.Problem, e.Message, 0, 0, 0), []);
            return;
        }

        var facts = new DecoderAnswer(null, null, recording.SampleRate, recording.Channels, recording.Samples.Length);
        DecoderProtocol.WriteAnswer(answers, facts, recording.Samples);
    }
}
