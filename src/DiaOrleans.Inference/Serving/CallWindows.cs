using System.Diagnostics.CodeAnalysis;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Cuts a call's frames into windows for the codec as they become final. The last frames of a prompt are the context of the first new ones
/// (docs/model.md, Codes to audio). Windows whose samples the client has are left out; the others are the same as in a run from the start.
/// Belongs to the decoder's thread; a window that it has cut does not change.
/// </summary>
internal sealed class CallWindows
{
    private readonly CodeGrid? _before;
    private readonly int _start;
    private readonly WindowPlan _plan;
    private readonly int _hopLength;
    private readonly long _received;
    private bool _over;

    /// <param name="prompt">Codes that the call continues, or null.</param>
    /// <param name="context">Frames to each side that a frame's samples depend on.</param>
    /// <param name="hopLength">Samples of a frame.</param>
    /// <param name="received">Samples of the new frames that the client has.</param>
    /// <param name="longest">The most frames of a window.</param>
    public CallWindows(CodeGrid? prompt, int context, int hopLength, long received = 0, int longest = int.MaxValue)
    {
        _hopLength = hopLength;
        _received = received;
        _start = Math.Min(context, prompt?.Rows ?? 0);
        _before = prompt?.Slice(prompt.Rows - _start, prompt.Rows);
        _plan = new WindowPlan(_start, context, longest);
    }

    /// <summary>
    /// The next window whose frames the grid has. The last window of a finished grid names the grid; it is empty if the call made no frame.
    /// </summary>
    public bool TryCut(SpeechGrid grid, [NotNullWhen(true)] out CodecPiece? piece)
    {
        piece = null;
        var frames = _start + grid.FramesDone;
        while (!_over)
        {
            if (!_plan.TryNext(frames, grid.Finished, out var window) && !grid.Finished) return false;
            _over = grid.Finished && window.To == frames;
            var wanted = Wanted(window);
            var isEmpty = wanted.Start == wanted.End;
            if (isEmpty && !_over) continue;
            var codes = isEmpty
                ? new WindowCodes(grid.Codes(0, 0), default, default)
                : new WindowCodes(Codes(grid, window), window.Kept, wanted);
            piece = new CodecPiece(codes, FramesBefore(window), _over ? grid : null);
            return true;
        }

        return false;
    }

    /// <summary>Samples of the window to keep: those of its context are dropped, and those that the client has.</summary>
    private SampleRange Wanted(CodecWindow window)
    {
        var received = _received + (long)_start * _hopLength;
        var first = (long)window.First * _hopLength;
        var to = (long)window.To * _hopLength;
        var from = Math.Min(Math.Max((long)window.From * _hopLength, received), to);
        return new SampleRange((int)(from - first), (int)(to - first));
    }

    private int FramesBefore(CodecWindow window) => Math.Max(0, window.From - _start - (int)(_received / _hopLength));

    private CodeGrid Codes(SpeechGrid grid, CodecWindow window)
    {
        var fresh = grid.Codes(Math.Max(0, window.First - _start), window.Last - _start);
        if (window.First >= _start) return fresh;
        return new CodeGrid([.. _before!.Slice(window.First, _start).Cells, .. fresh.Cells], fresh.Channels);
    }
}

/// <summary>A window of a call for the codec.</summary>
/// <param name="Window">Its codes and what is kept of its samples.</param>
/// <param name="FramesBefore">New frames of the call before this window that the client did not have at the start.</param>
/// <param name="Finished">The call's grid if this is its last window; it does not change any more.</param>
internal sealed record CodecPiece(WindowCodes Window, int FramesBefore, SpeechGrid? Finished);
