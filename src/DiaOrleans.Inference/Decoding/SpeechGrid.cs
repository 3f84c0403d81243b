namespace DiaOrleans.Inference.Decoding;

/// <summary>
/// One request's rows, from BOS to the last row that carries a code: forced cells, sampled cells, and the flush after the end; spec/model.md 4.1 to 4.5.
/// Row r holds the tokens that are fed at position r.
/// </summary>
public sealed class SpeechGrid
{
    private readonly DelayPattern _delay;
    private readonly TokenRules _rules;
    private readonly CodeGrid? _prompt;
    private readonly CodeGrid _rows;
    private readonly int _forcedEosRow;

    /// <param name="delay">Delays of the channels.</param>
    /// <param name="rules">Special ids.</param>
    /// <param name="prompt">Codes to continue, or null.</param>
    /// <param name="maxNewFrames">The most new frames, cut to what <paramref name="maxRows"/> has room for.</param>
    /// <param name="maxRows">Rows of the model.</param>
    public SpeechGrid(DelayPattern delay, TokenRules rules, CodeGrid? prompt, int maxNewFrames, int maxRows)
    {
        PromptFrames = prompt?.Rows ?? 0;
        var room = maxRows - 1 - delay.Max - PromptFrames;
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(maxNewFrames, room), 1, nameof(maxNewFrames));
        (_delay, _rules, _prompt) = (delay, rules, prompt);
        _forcedEosRow = PromptFrames + 1 + Math.Min(maxNewFrames, room);
        _rows = new CodeGrid(_forcedEosRow + delay.Max, delay.Channels);
        for (var row = 0; row <= PromptFrames; row++) Store([]);
    }

    /// <summary>Frames of the prompt.</summary>
    public int PromptFrames { get; }

    /// <summary>Rows known so far; the last of them is the next to feed.</summary>
    public int Rows { get; private set; }

    /// <summary>Row at which channel 0 ended, once it has.</summary>
    public int? EosRow { get; private set; }

    /// <summary>The model chose the end; else the limit did, or it has not ended.</summary>
    public bool EndedByItself { get; private set; }

    /// <summary>Every code of every frame is known.</summary>
    public bool Finished => EosRow is { } end && Rows >= end + _delay.Max;

    /// <summary>New frames all of whose codes are known.</summary>
    public int FramesDone
    {
        get
        {
            var complete = Rows - 1 - _delay.Max - PromptFrames;
            return Math.Max(0, EosRow is { } end ? Math.Min(complete, end - PromptFrames - 1) : complete);
        }
    }

    /// <summary>One known row.</summary>
    public ReadOnlySpan<short> Row(int row) => _rows.Row(row);

    /// <summary>Whether the next row wants a sampled token for this channel.</summary>
    public bool NeedsSampling(int channel)
    {
        if (Finished || Rows >= _rows.Rows || _delay.FrameAt(Rows, channel) < PromptFrames) return false;
        return EosRow is { } end ? Rows - end < _delay[channel] : channel > 0 || Rows < _forcedEosRow;
    }

    /// <summary>Adds the next row; cells that <see cref="NeedsSampling"/> does not ask for are not read.</summary>
    public void Append(ReadOnlySpan<short> sampled)
    {
        if (Finished) throw new InvalidOperationException("The speech has ended; it takes no more rows.");
        if (EosRow is null)
        {
            var chosen = NeedsSampling(0) && sampled[0] == _rules.Eos;
            if (chosen || Rows == _forcedEosRow) (EosRow, EndedByItself) = (Rows, chosen);
        }

        Store(sampled);
    }

    /// <summary>The new frames' codes, once finished. A value that is no code cannot be decoded and becomes 0, as the published code has it.</summary>
    public CodeGrid Codes() => Finished ? Codes(EosRow!.Value - PromptFrames - 1) : throw new InvalidOperationException("The speech has not ended.");

    private CodeGrid Codes(int frames)
    {
        var codes = _delay.Revert(_rows, PromptFrames, frames);
        for (var frame = 0; frame < frames; frame++)
        {
            foreach (ref var code in codes.Row(frame))
            {
                if (code >= _rules.CodebookSize) code = 0;
            }
        }

        return codes;
    }

    private void Store(ReadOnlySpan<short> sampled)
    {
        var row = _rows.Row(Rows);
        for (var channel = 0; channel < row.Length; channel++) row[channel] = (short)Cell(channel, sampled);
        Rows++;
    }

    private int Cell(int channel, ReadOnlySpan<short> sampled)
    {
        if (EosRow is { } end)
        {
            var after = Rows - end;
            if (after == _delay[channel]) return _rules.Eos;
            if (after > _delay[channel]) return _rules.Pad;
        }

        var frame = _delay.FrameAt(Rows, channel);
        if (frame < 0) return _rules.Bos;
        return frame < PromptFrames ? _prompt![frame, channel] : sampled[channel];
    }
}
