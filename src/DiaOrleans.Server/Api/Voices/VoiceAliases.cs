namespace DiaOrleans.Server.Api.Voices;

/// <summary>Names that clients have built in, such as alloy and nova, for voices of this server; none unless configured.</summary>
internal sealed class VoiceAliases(IReadOnlyDictionary<string, string> names)
{
    /// <summary>The voice that a name stands for, or the name itself.</summary>
    public string Resolve(string name) => names.GetValueOrDefault(name, name);
}
