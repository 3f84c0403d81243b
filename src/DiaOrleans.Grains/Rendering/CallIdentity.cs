using System.Security.Cryptography;
using System.Text;
using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Identifies calls of the model that make the same codes.</summary>
internal static class CallIdentity
{
    /// <summary>A digest of all that the codes of a call depend on.</summary>
    /// <param name="work">The call.</param>
    /// <param name="model">The model that speaks.</param>
    /// <param name="deviceKind">See <see cref="WorkerStatus.DeviceKind"/>.</param>
    public static string Compute(SpeechWork work, ModelFacts model, string deviceKind)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(model.Name);
            writer.Write(model.Precision);
            writer.Write(model.CodecFingerprint);
            writer.Write(deviceKind);
            writer.Write(work.TextIds.Length);
            foreach (var id in work.TextIds) writer.Write(id);
            writer.Write(work.MaxFrames);
            writer.Write(work.Seed);
            writer.Write(work.Guidance);
            writer.Write(work.Temperature);
            writer.Write(work.TopP);
            foreach (var cell in work.Prompt?.Cells ?? []) writer.Write(cell);
        }

        return Convert.ToHexStringLower(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }
}
