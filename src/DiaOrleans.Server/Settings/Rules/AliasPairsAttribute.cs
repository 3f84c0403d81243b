namespace DiaOrleans.Server.Settings.Rules;

/// <summary>Pairs of a name and a voice: alloy=anna, nova=bob.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AliasPairsAttribute() : TextRuleAttribute("name=voice, name=voice")
{
    /// <summary>The voices by their names, or null if the text is not a list of pairs. The first pair with a name is used.</summary>
    public static IReadOnlyDictionary<string, string>? Find(string? text)
    {
        var voices = new Dictionary<string, string>();
        foreach (var pair in SettingText.Split(text))
        {
            if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, { Length: > 0 } voice]) return null;
            voices.TryAdd(name, voice);
        }

        return voices;
    }

    /// <inheritdoc/>
    protected override bool Accepts(string text) => Find(text) is not null;
}
