using System.Diagnostics.CodeAnalysis;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>
/// Cuts a call's frames into windows for the codec as they become final. The last frames of a prompt are the context of the first new ones
/// (spec/model.md 4.5). Belongs to the decoder's thread; a window that it has cut does not change.
/// </summary>
internal sealed class CallWindows
{
    private readonly CodeGrid? _before;
    private readonly int _start;
    private readonly WindowPlan _plan;
    private bool _over;

    /// <param name="prompt">Codes that the call continues, or null.</param>
    /// <param name="context">Frames to each side that a frame's samples depend on.</param>
    public CallWindows(CodeGrid? prompt, int context)
    {
        _start = Math.Min(context, prompt?.Rows ?? 0);
        _before = prompt?.Slice(prompt.Rows - _start, prompt.Rows);
        _plan = new WindowPlan(_start, context);
    }

    /// <summary>
    /// The next window whose frames the grid has. The last window of a finished grid names the grid; it is empty if the call made no frame.
    /// </summary>
    public bool TryCut(SpeechGrid grid, [NotNullWhen(true)] out CodecPiece? piece)
    {
        piece = null;
        if (_over) return false;
        var frames = _start + grid.FramesDone;
        if (!_plan.TryNext(frames, grid.Finished, out var window) && !grid.Finished) return false;
        _over = grid.Finished && window.To == frames;
        piece = new CodecPiece(
            Codes(grid, window),
            window.From - window.First,
            window.To - window.First,
            window.From - _start,
            _over ? grid : null);
        return true;
    }

    private CodeGrid Codes(SpeechGrid grid, CodecWindow window)
    {
        var fresh = grid.Codes(Math.Max(0, window.First - _start), window.Last - _start);
        if (window.First >= _start) return fresh;
        return new CodeGrid([.. _before!.Slice(window.First, _start).Cells, .. fresh.Cells], fresh.Channels);
    }
}

/// <summary>A window's codes for the codec.</summary>
/// <param name="Codes">The window with its context.</param>
/// <param name="From">The first frame of it to keep.</param>
/// <param name="To">The frame after the last one to keep.</param>
/// <param name="FramesBefore">New frames of the call before this window.</param>
/// <param name="Finished">The call's grid if this is its last window; it does not change any more.</param>
internal sealed record CodecPiece(CodeGrid Codes, int From, int To, int FramesBefore, SpeechGrid? Finished);
