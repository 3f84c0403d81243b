namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>Removes the marks within the lines of one paragraph, item or heading.</summary>
internal static class InlineMarks
{
    public static string Strip(string block) =>
        Emphasis.Strip(Products.Speak(Addresses.Speak(Links.Strip(CodeTicks.Strip(block)))));
}
