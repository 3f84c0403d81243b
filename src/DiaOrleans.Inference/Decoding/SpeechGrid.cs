namespace DiaOrleans.Inference.Decoding;

/// <summary>
/// One request's token rows as they are fed to the model: BOS, prompt, drawn codes, and the EOS and PAD cells that flush the delayed
/// channels; docs/model.md, Delay pattern and End of speech. It begins with rows 0 to T (T frames of prompt), all of them known; row by row
/// the caller feeds the last row, draws what <see cref="NeedsSampling"/> names and appends. Frames that were made before are known as well,
/// but their rows are appended one by one: a model that is fed them in one pass computes other last bits.
/// </summary>
public sealed class SpeechGrid
{
    private readonly DelayPattern _pattern;
    private readonly TokenRules _rules;
    private readonly CodeGrid? _known;
    private readonly int _knownFrames;
    private readonly CodeGrid _grid;
    private readonly int _lastEosRow;

    /// <summary>Appends the known rows.</summary>
    /// <param name="pattern">The model's delays.</param>
    /// <param name="rules">The model's tokens.</param>
    /// <param name="prompt">Codes of a recording to continue, or null.</param>
    /// <param name="maxNewFrames">The most frames to make; fewer if the model has no rows for them.</param>
    /// <param name="maxRows">The model's rows.</param>
    /// <param name="made">
    /// The first new frames, made by an earlier run of the same request; null if there are none. If they are as many as the request makes,
    /// the grid is finished at once.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The prompt or the frames made have other channels or ids that are not codes, the prompt leaves no row for a frame, or more frames
    /// were made than the request makes.
    /// </exception>
    public SpeechGrid(DelayPattern pattern, TokenRules rules, CodeGrid? prompt, int maxNewFrames, int maxRows, CodeGrid? made = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNewFrames, 1);
        if (prompt is not null) Check(prompt, pattern, rules, nameof(prompt));
        if (made is not null) Check(made, pattern, rules, nameof(made));
        _pattern = pattern;
        _rules = rules;
        _known = prompt is null || made is null ? prompt ?? made : CodeGrid.Join(prompt, made);
        _knownFrames = _known?.Rows ?? 0;
        PromptFrames = prompt?.Rows ?? 0;
        MaxNewFrames = Math.Min(maxNewFrames, pattern.MaxNewFrames(PromptFrames, maxRows));
        if (MaxNewFrames < 1)
        {
            throw new ArgumentException($"A prompt of {PromptFrames} frames leaves no room in a model of {maxRows} rows.", nameof(prompt));
        }
        if (made?.Rows > MaxNewFrames)
            throw new ArgumentException($"{made.Rows} frames were made of a request for {MaxNewFrames}.", nameof(made));
        _lastEosRow = PromptFrames + 1 + MaxNewFrames;
        _grid = new CodeGrid(_lastEosRow + Math.Max(pattern.Max, 1), pattern.Channels);
        while (Rows <= PromptFrames || (made?.Rows == MaxNewFrames && !Finished)) Append([]);
    }

    /// <summary>T, frames of prompt.</summary>
    public int PromptFrames { get; }

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
        !Finished && !_pattern.IsForced(Rows, channel, _knownFrames) && !HasEnded(channel) && (channel > 0 || Rows < _lastEosRow);

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
        if (_pattern.IsForced(Rows, channel, _knownFrames)) return _pattern.ForcedToken(Rows, channel, _known, _rules.Bos);
        return (short)(EosRow is null || Rows - EosRow == _pattern[channel] ? _rules.Eos : _rules.Pad);
    }

    private short Checked(int channel, short token) => token >= 0 && _rules.IsDrawable(channel, token)
        ? token
        : throw new ArgumentException($"Channel {channel} cannot hold token {token}.", nameof(token));

    private static void Check(CodeGrid codes, DelayPattern pattern, TokenRules rules, string name)
    {
        if (codes.Channels != pattern.Channels)
            throw new ArgumentException($"The {name} codes have {codes.Channels} channels, the model {pattern.Channels}.", name);
        if (codes.FindOutside(rules.CodebookSize) is { } wrong)
            throw new ArgumentException($"The {name} codes hold {wrong}, which is not a code.", name);
    }
}
