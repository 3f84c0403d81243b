namespace DiaOrleans.Inference.Decoding;

/// <summary>
/// One request's token rows as they are fed to the model: BOS, prompt, drawn codes, and the EOS and PAD cells that flush the delayed
/// channels; spec/model.md 4.1, 4.2 and 4.4. It begins with rows 0 to T (T frames of prompt), all of them known; row by row the caller
/// feeds the last row, draws what <see cref="NeedsSampling"/> names and appends.
/// </summary>
public sealed class SpeechGrid
{
    private readonly DelayPattern _pattern;
    private readonly TokenRules _rules;
    private readonly CodeGrid? _prompt;
    private readonly CodeGrid _grid;
    private readonly int _lastEosRow;

    /// <summary>Appends the known rows.</summary>
    /// <param name="pattern">The model's delays.</param>
    /// <param name="rules">The model's tokens.</param>
    /// <param name="prompt">Codes of a recording to continue, or null.</param>
    /// <param name="maxNewFrames">The most frames to make; fewer if the model has no rows for them.</param>
    /// <param name="maxRows">The model's rows.</param>
    /// <exception cref="ArgumentException">
    /// The prompt has other channels or ids that are not codes, or leaves no row for a frame.
    /// </exception>
    public SpeechGrid(DelayPattern pattern, TokenRules rules, CodeGrid? prompt, int maxNewFrames, int maxRows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNewFrames, 1);
        if (prompt is not null) CheckPrompt(prompt, pattern, rules);
        _pattern = pattern;
        _rules = rules;
        _prompt = prompt;
        MaxNewFrames = Math.Min(maxNewFrames, pattern.MaxNewFrames(PromptFrames, maxRows));
        if (MaxNewFrames < 1)
        {
            throw new ArgumentException($"A prompt of {PromptFrames} frames leaves no room in a model of {maxRows} rows.", nameof(prompt));
        }
        _lastEosRow = PromptFrames + 1 + MaxNewFrames;
        _grid = new CodeGrid(_lastEosRow + Math.Max(pattern.Max, 1), pattern.Channels);
        while (Rows <= PromptFrames) Append([]);
    }

    /// <summary>T, frames of prompt.</summary>
    public int PromptFrames => _prompt?.Rows ?? 0;

    /// <summary>The most frames that this request makes.</summary>
    public int MaxNewFrames { get; }

    /// <summary>Rows stored so far; at least T + 1.</summary>
    public int Rows { get; private set; }

    /// <summary>Row of channel 0's EOS, once there is one.</summary>
    public int? EosRow { get; private set; }

    /// <summary>True if the model drew EOS; false if the cap set it, or there is none yet.</summary>
    public bool EndedByItself => EosRow < _lastEosRow;

    /// <summary>True when every channel has its last code; no row is needed then.</summary>
    public bool Finished => EosRow is { } eos && Rows >= eos + _pattern.Max;

    /// <summary>New frames all of whose channels are known.</summary>
    public int FramesDone => Math.Clamp(Rows - 1 - PromptFrames - _pattern.Max, 0, FramesBeforeEos);

    private int FramesBeforeEos => (EosRow ?? _lastEosRow) - PromptFrames - 1;

    /// <summary>A stored row, one token for each channel. The one to feed next is <see cref="Rows"/> - 1.</summary>
    public ReadOnlySpan<short> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        return _grid.Row(row);
    }

    /// <summary>
    /// Whether the row to be appended takes a drawn token in this channel. If channel 0 draws EOS in that same row, channels without delay
    /// end with it and their drawn tokens are dropped.
    /// </summary>
    public bool NeedsSampling(int channel) =>
        !Finished && !_pattern.IsForced(Rows, channel, PromptFrames) && !HasEnded(channel) && (channel > 0 || Rows < _lastEosRow);

    /// <summary>
    /// Stores the next row: known cells, the drawn ones of <paramref name="sampled"/> (others are ignored), EOS and PAD.
    /// </summary>
    /// <param name="sampled">One token for each channel; a code, or in channel 0 EOS.</param>
    /// <exception cref="InvalidOperationException">The grid is finished.</exception>
    /// <exception cref="ArgumentException">A drawn token that its channel may not hold.</exception>
    public void Append(ReadOnlySpan<short> sampled)
    {
        if (Finished) throw new InvalidOperationException("The speech has ended; no row can be appended.");
        var row = _grid.Row(Rows);
        for (var channel = 0; channel < row.Length; channel++)
        {
            row[channel] = NeedsSampling(channel) ? Checked(channel, sampled[channel]) : KnownToken(channel);
            if (channel == 0 && row[0] == _rules.Eos) EosRow = Rows;
        }
        Rows++;
    }

    /// <summary>All new frames, [frames, channels]; the prompt is not in them. There may be none.</summary>
    /// <exception cref="InvalidOperationException">The grid is not finished.</exception>
    public CodeGrid Codes() => Finished ? Codes(0, FramesDone) : throw new InvalidOperationException("The speech has not ended.");

    /// <summary>New frames <paramref name="start"/> up to <paramref name="end"/>, which is at most <see cref="FramesDone"/>.</summary>
    public CodeGrid Codes(int start, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, FramesDone);
        return _pattern.Revert(_grid, PromptFrames + start, end - start);
    }

    private bool HasEnded(int channel) => Rows - EosRow >= _pattern[channel];

    private short KnownToken(int channel)
    {
        if (_pattern.IsForced(Rows, channel, PromptFrames)) return _pattern.ForcedToken(Rows, channel, _prompt, _rules.Bos);
        return (short)(EosRow is null || Rows - EosRow == _pattern[channel] ? _rules.Eos : _rules.Pad);
    }

    private short Checked(int channel, short token) => token >= 0 && _rules.IsDrawable(channel, token)
        ? token
        : throw new ArgumentException($"Channel {channel} cannot hold token {token}.", nameof(token));

    private static void CheckPrompt(CodeGrid prompt, DelayPattern pattern, TokenRules rules)
    {
        if (prompt.Channels != pattern.Channels)
        {
            throw new ArgumentException($"The prompt has {prompt.Channels} channels, the model {pattern.Channels}.", nameof(prompt));
        }
        foreach (var code in prompt.Cells)
        {
            if (code < 0 || code >= rules.CodebookSize)
                throw new ArgumentException($"The prompt holds {code}, which is not a code.", nameof(prompt));
        }
    }
}
