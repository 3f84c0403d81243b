using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Quantisation;

namespace DiaOrleans.Inference.Execution;

/// <summary>A model and the codec that turns its codes into samples, loaded.</summary>
internal sealed class SpeechModel : IDisposable
{
    private const int DefaultTextBytes = 350;

    private SpeechModel(DiaModel dia, Codec codec)
    {
        Dia = dia;
        Codec = codec;
    }

    /// <summary>Text to codes.</summary>
    public DiaModel Dia { get; }

    /// <summary>Codes to samples and back.</summary>
    public Codec Codec { get; }

    /// <summary>Reads a checkpoint folder and its codec.</summary>
    /// <param name="options">The model, and how it is run.</param>
    /// <param name="quantising">Receives the progress if weights have to be quantised.</param>
    /// <exception cref="CheckpointException">
    /// The folder holds no checkpoint that can be served; the message says what was found.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The device does not offer the precision, or there is no such device; the message names the valid pairs.
    /// </exception>
    public static SpeechModel Load(ModelOptions options, Action<QuantisationProgress>? quantising = null)
    {
        var target = ExecutionTarget.Parse(options.Device, options.Precision);
        var codecTarget = target.ForCodec(options.CodecPrecision);
        var checkpoint = DiaCheckpoint.Open(options.Folder, options.Profile);
        var codec = DacCheckpoint.Open(CodecLocator.Find(options.Folder, options.CodecFolder));
        Servable.RequireChannels(checkpoint.Folder, checkpoint.Config, codec.Folder, codec.Config);
        var dia = new DiaModel(checkpoint, new DiaModelOptions
        {
            Target = target,
            CacheFolder = options.CacheFolder,
            Quantising = quantising,
            Threads = options.Threads,
            Slots = options.Slots ?? SlotBudget.Choose(target, checkpoint),
            SideBySide = true,
        });
        try
        {
            return new SpeechModel(dia, new Codec(codec, codecTarget, dia.Threads));
        }
        catch
        {
            dia.Dispose();
            throw;
        }
    }

    /// <summary>Its facts for callers.</summary>
    public ModelDescription Describe()
    {
        var checkpoint = Dia.Checkpoint;
        var codec = Codec.Config;
        return new ModelDescription
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(checkpoint.Folder)),
            Profile = checkpoint.Config.Profile == DiaProfile.Classic ? "classic" : "0626",
            Precision = Dia.Target.Precision.Name,
            FrameRate = (double)codec.SampleRate / codec.HopLength,
            SampleRate = codec.SampleRate,
            MaxTextIds = checkpoint.Config.Encoder.MaxPositions,
            MaxTextBytes = checkpoint.Defaults.MaxTextBytes ?? DefaultTextBytes,
            MaxNewFrames = Dia.MaxNewFrames(0),
            CodecFingerprint = Codec.Fingerprint,
            Sampling = Dia.Sampling,
        };
    }

    public void Dispose()
    {
        Codec.Dispose();
        Dia.Dispose();
    }
}
