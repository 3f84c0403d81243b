using System.Collections.Frozen;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>The names of HTML's elements, with the obsolete ones; https://html.spec.whatwg.org/#elements-3.</summary>
internal static class HtmlNames
{
    private const string Inline =
        "a abbr acronym area audio b base bdi bdo big button canvas cite code col data datalist del dfn em embed font i iframe img input "
        + "ins kbd label link map mark meta meter nobr noscript object output param picture progress q rp rt ruby s samp script "
        + "select slot small source span strike strong style sub sup svg template textarea time track tt u var video wbr";

    private const string Blocks =
        "address article aside blockquote body caption center colgroup dd details dialog dir div dl dt fieldset figcaption figure footer "
        + "form head header hgroup html legend main menu nav ol optgroup option p pre search section summary table tbody tfoot thead title "
        + "ul";

    /// <summary>All names, lower case.</summary>
    public static FrozenSet<string> All { get; } =
        $"{Inline} {Blocks} h1 h2 h3 h4 h5 h6 br hr li tr td th".Split(' ').ToFrozenSet();

    /// <summary>Elements that begin and end a line.</summary>
    public static FrozenSet<string> Block { get; } = Blocks.Split(' ').ToFrozenSet();
}
