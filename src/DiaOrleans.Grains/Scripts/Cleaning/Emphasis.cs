using System.Text;
using Markdig.Helpers;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>
/// Removes the marks of emphasis and of text that is struck out: <c>*</c>, <c>_</c> and <c>~~</c> where CommonMark pairs them, so that
/// <c>snake_case</c> stays. Emphasised sounds that Dia makes get parentheses: <c>*sighs*</c> is <c>(sighs)</c>.
/// </summary>
internal sealed class Emphasis
{
    private const char Removed = '\0';
    private const string Marks = "*_~";
    private const int StrikeLength = 2;

    // Closing runs of each mark that can open as well or not, by the remainder of their length divided by three.
    private const int Kinds = 3 * 2 * 3;

    private readonly string _block;
    private readonly char[] _kept;
    private readonly List<Run> _openers = [];

    // Below these positions no opener is left for such a closing run, which keeps the search linear.
    private readonly int[] _bottoms = new int[Kinds];

    private Emphasis(string block)
    {
        _block = block;
        _kept = block.ToCharArray();
    }

    public static string Strip(string block) => block.AsSpan().ContainsAny(Marks) ? new Emphasis(block).Strip() : block;

    private string Strip()
    {
        for (var i = 0; i < _block.Length; i++)
        {
            if (_block[i] == '\\') i++;
            else if (Marks.Contains(_block[i])) i = Read(i) - 1;
        }

        var stripped = new StringBuilder(_kept.Length);
        foreach (var unit in _kept)
        {
            if (unit != Removed) stripped.Append(unit);
        }

        return stripped.ToString();
    }

    /// <summary>Pairs the run of marks that begins at a position with those before it; returns where it ends.</summary>
    private int Read(int start)
    {
        var mark = _block[start];
        var end = start;
        while (end < _block.Length && _block[end] == mark) end++;
        if (mark == '~' && end - start != StrikeLength) return end;
        var before = start == 0 ? '\0' : _block[start - 1];
        var after = end == _block.Length ? '\0' : _block[end];
        CharHelper.CheckOpenCloseDelimiter(before, after, mark != '_', out var canOpen, out var canClose);
        var run = new Run(mark, start, end - start, canOpen, canClose);
        if (canClose) Close(run);
        if (canOpen && run.Length > 0) _openers.Add(run);
        return end;
    }

    private void Close(Run closer)
    {
        var kind = (Marks.IndexOf(closer.Mark) * 2 + (closer.CanOpen ? 1 : 0)) * 3 + closer.Whole % 3;
        while (closer.Length > 0)
        {
            var bottom = _bottoms[kind];
            var at = _openers.Count - 1;
            while (at >= bottom && !_openers[at].Pairs(closer)) at--;
            if (at < bottom)
            {
                _bottoms[kind] = _openers.Count;
                return;
            }

            RemovePair(_openers[at], closer);
            Truncate(_openers[at].Length > 0 ? at + 1 : at);
        }
    }

    private void Truncate(int count)
    {
        _openers.RemoveRange(count, _openers.Count - count);
        for (var kind = 0; kind < Kinds; kind++) _bottoms[kind] = Math.Min(_bottoms[kind], count);
    }

    private void RemovePair(Run opener, Run closer)
    {
        var length = opener.Length >= 2 && closer.Length >= 2 ? 2 : 1;
        var open = opener.TakeEnd(length);
        var close = closer.TakeStart(length);
        var content = _block.AsSpan(open + length, close - open - length);
        Array.Fill(_kept, Removed, open, length);
        Array.Fill(_kept, Removed, close, length);
        if (!NonVerbals.IsKnown(content)) return;
        for (var i = open + length; i < close; i++) _kept[i] = char.ToLowerInvariant(_kept[i]);
        if (open > 0 && _block[open - 1] == '(') return;
        _kept[open] = '(';
        _kept[close] = ')';
    }

    /// <summary>Marks of one kind in a row, of which the inner ones pair first.</summary>
    private sealed class Run(char mark, int start, int length, bool canOpen, bool canClose)
    {
        private int _start = start;

        public char Mark => mark;

        public bool CanOpen => canOpen;

        public int Whole { get; } = length;

        public int Length { get; private set; } = length;

        /// <summary>Whether this run opens what <paramref name="closer"/> closes; rules 9 and 10 of CommonMark.</summary>
        public bool Pairs(Run closer)
        {
            if (mark != closer.Mark || Length == 0) return false;
            var isBoth = canClose || closer.CanOpen;
            return mark == '~' || !isBoth || (Whole + closer.Whole) % 3 != 0 || (Whole % 3 == 0 && closer.Whole % 3 == 0);
        }

        public int TakeEnd(int count)
        {
            Length -= count;
            return _start + Length;
        }

        public int TakeStart(int count)
        {
            Length -= count;
            _start += count;
            return _start - count;
        }
    }
}
