using System.Text;
using DiaOrleans.Grains.Scripts.Cleaning;

namespace DiaOrleans.Grains.Scripts;

/// <summary>Reads the text of a request: the only place where it is cleaned; docs/api.md, Texts.</summary>
internal sealed class ScriptReader
{
    private readonly StringBuilder _words;
    private readonly List<ScriptBreak> _breaks = [];
    private readonly PauseBudget _pauses = new();
    private int _newLines;
    private bool _spaceBefore;
    private TimeSpan _pause;

    private ScriptReader(int length) => _words = new StringBuilder(length);

    /// <summary>Reads the text of a request.</summary>
    /// <param name="text">As sent.</param>
    /// <param name="normalize">Whether marks are removed and pauses are read.</param>
    /// <exception cref="ScriptException">It says nothing, has a third speaker, or a pause that is too long.</exception>
    public static Script Read(string text, bool normalize)
    {
        var script = new ScriptReader(text.Length).ReadLines(normalize ? TextCleaner.Clean(text) : text, normalize);
        if (normalize) ThrowIfUnknownSpeaker(script.Text);
        return Speakable.HasWords(script.Text) ? script : throw new ScriptException("Text cannot be empty");
    }

    /// <summary>Reads what a recording says. Other speakers' tags stay text, pauses are left out. Empty if it says nothing.</summary>
    /// <param name="text">As sent or recognised.</param>
    /// <param name="normalize">Whether marks are removed.</param>
    public static string ReadTranscript(string text, bool normalize)
    {
        var words = Spaces.Collapse(normalize ? PauseMarks.Remove(TextCleaner.Clean(text)) : text);
        return Speakable.HasWords(words) ? words : "";
    }

    private Script ReadLines(string text, bool withPauses)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var mark = withPauses && text[i] == '[' ? PauseMarks.LengthAtStart(text.AsSpan(i)) : 0;
            if (mark > 0)
            {
                _pause += _pauses.Take(text.AsSpan(i, mark));
                _spaceBefore = true;
                i += mark - 1;
            }
            else if (char.IsWhiteSpace(text[i]))
            {
                _spaceBefore = true;
                if (text[i] == '\n') _newLines++;
            }
            else if (Spaces.IsKept(text[i]))
            {
                Append(text[i]);
            }
        }

        AddBreak();
        return new Script(_words.ToString(), _breaks);
    }

    private void Append(char unit)
    {
        if (_spaceBefore && _words.Length > 0) _words.Append(' ');
        AddBreak();
        _words.Append(unit);
        _spaceBefore = false;
        _newLines = 0;
    }

    private void AddBreak()
    {
        if (_pause > TimeSpan.Zero || (_newLines > 1 && _words.Length > 0)) _breaks.Add(new ScriptBreak(_words.Length, _pause));
        _pause = TimeSpan.Zero;
    }

    private static void ThrowIfUnknownSpeaker(string text)
    {
        for (var at = text.IndexOf('['); at >= 0; at = text.IndexOf('[', at + 1))
        {
            var end = at + 2;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (end == at + 2 || end >= text.Length || text[end] != ']' || text[at + 1] is not ('S' or 's')) continue;
            var tag = text[at..(end + 1)];
            if (!SpeakerTags.Is(tag))
                throw new ScriptException($"Unknown speaker tag '{tag}': Dia has the speakers [S1] and [S2]");
        }
    }
}
