using System.Text;
using Markdig.Helpers;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>
/// Removes HTML: tags with the name of an element, comments, scripts and styles. List items, headings and rows of tables get the marks
/// that they have in Markdown. What is no HTML stays, such as <c>List&lt;string&gt;</c>.
/// </summary>
internal sealed class HtmlMarkup
{
    private readonly string _text;
    private readonly StringBuilder _output;
    private readonly HashSet<string> _absent = [];
    private int _at;

    private HtmlMarkup(string text)
    {
        _text = text;
        _output = new StringBuilder(text.Length);
    }

    public static string Strip(string text) => text.Contains('<') ? new HtmlMarkup(text).Strip() : text;

    private string Strip()
    {
        while (_at < _text.Length)
        {
            if (_text[_at] != '<' || !(SkipTag() || SkipComment() || UnwrapAddress())) _output.Append(_text[_at++]);
        }

        return _output.ToString();
    }

    private bool SkipTag()
    {
        var isEnd = At("</");
        var start = _at + (isEnd ? 2 : 1);
        var end = start;
        while (end < _text.Length && char.IsAsciiLetterOrDigit(_text[end])) end++;
        var name = _text[start..end].ToLowerInvariant();
        if (name != "break" && !HtmlNames.All.Contains(name)) return false;
        var slice = new StringSlice(_text, _at, _text.Length - 1);
        if (!HtmlHelper.TryParseHtmlTag(ref slice, out var tag)) return false;
        _at = slice.Start;
        if (name is "script" or "style" && !isEnd) SkipPast($"</{name}>");
        else if (name == "break") _output.Append(isEnd ? "" : PauseMarks.FromBreak(tag));
        else Replace(name, isEnd);
        return true;
    }

    /// <summary>Appends what a tag stands for.</summary>
    private void Replace(string name, bool isEnd)
    {
        switch (name)
        {
            case "br" or "hr":
                _output.Append('\n');
                break;
            case "p" when isEnd:
                _output.Append("\n\n");
                break;
            case "li" or "tr":
                _output.Append(isEnd ? "\n" : "\n- ");
                break;
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                _output.Append(isEnd ? "\n" : "\n# ");
                break;
            case "td" or "th":
                if (!isEnd && LineHasText()) _output.Append(", ");
                break;
            case var block when HtmlNames.Block.Contains(block) && LineHasText():
                _output.Append('\n');
                break;
        }
    }

    /// <summary>Whether the current line of the output has more than the mark of an item.</summary>
    private bool LineHasText()
    {
        for (var i = _output.Length - 1; i >= 0 && _output[i] != '\n'; i--)
        {
            if (_output[i] is not (' ' or '\t' or '-' or '#')) return true;
        }

        return false;
    }

    private bool SkipComment()
    {
        if (At("<!--")) return SkipPast("-->");
        if (At("<!doctype")) return SkipPast(">");
        return At("<?xml") && SkipPast("?>");
    }

    /// <summary><c>&lt;peter@example.org&gt;</c> and <c>&lt;https://example.org&gt;</c> lose their brackets.</summary>
    private bool UnwrapAddress()
    {
        var slice = new StringSlice(_text, _at, _text.Length - 1);
        if (!LinkHelper.TryParseAutolink(ref slice, out var link, out var isEmail) || link is null) return false;
        if (!isEmail && !link.Contains("://", StringComparison.Ordinal)) return false;
        _output.Append(link);
        _at = slice.Start;
        return true;
    }

    private bool At(string start) => _text.AsSpan(_at).StartsWith(start, StringComparison.OrdinalIgnoreCase);

    private bool SkipPast(string end)
    {
        var found = _absent.Contains(end) ? -1 : _text.IndexOf(end, _at, StringComparison.OrdinalIgnoreCase);
        if (found < 0)
        {
            _absent.Add(end);
            return false;
        }

        _at = found + end.Length;
        return true;
    }
}
