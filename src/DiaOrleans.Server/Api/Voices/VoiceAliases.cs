namespace DiaOrleans.Server.Api.Voices;

/// <summary>The configured aliases of voices, for clients with built-in names such as alloy and nova.</summary>
internal sealed class VoiceAliases(IReadOnlyDictionary<string, string> voicesByAlias)
{
    /// <summary>The id of the voice that a name is an alias of, or the name itself.</summary>
    public string Resolve(string name) => voicesByAlias.GetValueOrDefault(name, name);
}
