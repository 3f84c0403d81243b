using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Voices;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>The values that a number may have.</summary>
/// <param name="Min">The lowest, included.</param>
/// <param name="Max">The highest, included.</param>
internal readonly record struct NumberRange(double Min, double Max);

/// <summary>
/// The limits on what clients send, for the readers of requests and for the OpenAPI document; docs/api.md. Lengths are in Unicode
/// code points if not said otherwise.
/// </summary>
internal static class RequestLimits
{
    /// <summary>Length of a string that has no limit of its own, such as a transcript.</summary>
    public const int StringLength = 65_536;

    /// <summary>Length of a text to speak.</summary>
    public const int TextLength = 4096;

    /// <summary>Length of a role.</summary>
    public const int RoleLength = 4096;

    /// <summary>Length of a string that is accepted for compatibility and has no effect.</summary>
    public const int IgnoredLength = 4096;

    /// <summary>Length of the id of a new voice.</summary>
    public const int VoiceIdLength = VoiceId.MaxCodePoints;

    /// <summary>Length of a style, of a speaker and of a model size.</summary>
    public const int WordLength = 256;

    /// <summary>Length of the id of an audio prompt.</summary>
    public const int PromptIdLength = PromptId.MaxLength;

    /// <summary>Length of an Idempotency-Key, in UTF-16 units.</summary>
    public const int IdempotencyKeyLength = 255;

    /// <summary>Bytes of a JSON body.</summary>
    public const int JsonBodyBytes = 10 << 20;

    /// <summary>Bytes of an uploaded recording.</summary>
    public const int UploadBytes = 25 << 20;

    /// <summary>A stream of the audio's bytes, as they are made.</summary>
    public const string AudioStream = "audio";

    /// <summary>A stream of server-sent events with base64 audio.</summary>
    public const string EventStream = "sse";

    /// <summary>Entries of a list if the request does not say how many.</summary>
    public const int DefaultListLength = 50;

    /// <summary>Entries of a list that a request may ask for.</summary>
    public static readonly NumberRange ListLength = new(0, 500);

    /// <summary>Entries of a list that a request may leave out at its start.</summary>
    public static readonly NumberRange ListOffset = new(0, 1_000_000);

    /// <summary>Factor of the speech's speed; 1 is unchanged.</summary>
    public static readonly NumberRange Speed = new(0.25, 4);

    /// <summary>Sampling temperature.</summary>
    public static readonly NumberRange Temperature = new(0.1, 2);

    /// <summary>Guidance scale.</summary>
    public static readonly NumberRange CfgScale = new(1, 10);

    /// <summary>Probability mass of nucleus sampling; 0 is unset.</summary>
    public static readonly NumberRange TopP = new(0, 1);

    /// <summary>New audio frames of a request.</summary>
    public static readonly NumberRange MaxTokens = new(100, 10_000);

    /// <summary>Sample rate of the answer, Hz.</summary>
    public static readonly NumberRange SampleRate = new(8000, 48_000);

    /// <summary>Audio formats that this machine can encode.</summary>
    public static readonly IReadOnlyList<string> FormatNames =
        [.. AudioFormats.All.Where(format => format.Missing() is null).Select(format => format.Name())];

    /// <summary>The kinds of stream of OpenAI's route.</summary>
    public static readonly IReadOnlyList<string> StreamFormats = [AudioStream, EventStream];

    /// <summary>States of a job, in the order of <see cref="SpeechStatus"/>.</summary>
    public static readonly IReadOnlyList<string> JobStates = [.. Enum.GetNames<SpeechStatus>().Select(name => name.ToLowerInvariant())];

    /// <summary>Orders of a list of jobs.</summary>
    public static readonly IReadOnlyList<string> JobOrders = [.. Enum.GetNames<JobOrder>().Select(name => name.ToLowerInvariant())];
}
