using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.State;

namespace DiaOrleans.Grains.Jobs.Segments;

/// <summary>The row of a segment of a job that runs, finished or as far as it was spoken when a server stopped.</summary>
[GenerateSerializer, Alias("dia.job-segment"), StoredState("dia.job-segment", version: 2)]
internal sealed class JobSegmentState
{
    /// <summary>See <see cref="SegmentCodes.Call"/>; null if there is no segment.</summary>
    [Id(0)] public string? Call { get; set; }

    /// <summary>See <see cref="SegmentCodes.Attempt"/>.</summary>
    [Id(1)] public int Attempt { get; set; }

    /// <summary>Codebooks.</summary>
    [Id(2)] public int Channels { get; set; }

    /// <summary>Codes, frame by frame, 2 bytes each, little-endian: 1.5 kB a second of audio.</summary>
    [Id(3)] public byte[] Cells { get; set; } = [];

    /// <summary>Whether the segment is not finished. Written since version 2.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public bool IsPart { get; set; }

    /// <summary>Sets what is stored; null removes it from memory.</summary>
    public void Set(SegmentCodes? codes)
    {
        Call = codes?.Call;
        Attempt = codes?.Attempt ?? 0;
        Channels = codes?.Codes.Channels ?? 0;
        IsPart = codes is { IsWhole: false };
        Cells = codes is null ? [] : MemoryMarshal.AsBytes(codes.Codes.Cells.AsSpan()).ToArray();
    }

    /// <summary>The segment; null if there is none.</summary>
    public SegmentCodes? ToCodes() => Call is null
        ? null
        : new SegmentCodes(Call, Attempt, new AudioCodes(MemoryMarshal.Cast<byte, short>(Cells).ToArray(), Channels), IsWhole: !IsPart);
}
