using System.Diagnostics.CodeAnalysis;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Settings;

namespace DiaOrleans.Grains.Scripts;

/// <summary>Reads the texts of requests as the server is set.</summary>
internal sealed class RequestScripts(CurrentValue<ScriptOptions> options)
{
    /// <summary>Reads the text of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="script">What it says.</param>
    /// <param name="problem">Why it cannot be spoken, as a sentence for the client.</param>
    public bool TryRead(SpeechRequest request, [NotNullWhen(true)] out Script? script, [NotNullWhen(false)] out string? problem)
    {
        script = null;
        problem = null;
        try
        {
            script = ScriptReader.Read(request.Text, request.NormalizeText ?? options.Value.NormalizeText);
            return true;
        }
        catch (ScriptException unspeakable)
        {
            problem = unspeakable.Message;
            return false;
        }
    }
}
