namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>Texts of a given spread of lengths: words and sentences that every model of the family speaks.</summary>
/// <param name="shortest">Characters of the shortest text.</param>
/// <param name="longest">Characters of the longest text.</param>
/// <param name="seed">Equal seeds give equal texts.</param>
internal sealed class LoadTexts(int shortest, int longest, int seed)
{
    private static readonly string[] Sentences =
    [
        "The rain stopped before the train came to the station.", "Nobody had an umbrella.", "Where is my hat?",
        "You are wearing it, Peter.", "The lamp in the kitchen is still on.", "We will be home again before it gets dark.",
        "She has read every book in this room.", "Please close the door behind you.", "It was a long way to the river.",
    ];

    /// <summary>The text of a request.</summary>
    /// <param name="number">Number of the request.</param>
    public string this[int number]
    {
        get
        {
            var random = new Random(HashCode(number));
            var length = random.Next(shortest, longest + 1);
            var text = Sentences[random.Next(Sentences.Length)];
            while (text.Length < length) text += " " + Sentences[random.Next(Sentences.Length)];
            return Cut(text, length);
        }
    }

    /// <summary>Ends at a word, with a full stop, so that the model ends too.</summary>
    private static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;
        var end = text.LastIndexOf(' ', Math.Max(0, length - 1));
        return text[..(end > 0 ? end : length)].TrimEnd('.', ',', '?', ' ') + ".";
    }

    private int HashCode(int number) => unchecked(seed * 486187739 + number);
}
