namespace DiaOrleans.Abstractions.Voices;

/// <summary>One voice; the key is its id.</summary>
[Alias("dia.voice")]
public interface IVoiceGrain : IGrainWithStringKey
{
    /// <summary>The voice's settings, or null where no such voice was created.</summary>
    [Alias("get")]
    Task<VoiceSettings?> Get();

    /// <summary>Creates the voice or overwrites it. Stored, and listed in the catalogue, before the call returns.</summary>
    [Alias("put")]
    Task<VoiceSettings> Put(VoiceSettings settings);

    /// <summary>Changes what is not null in <paramref name="change"/>; null where no such voice exists.</summary>
    [Alias("update")]
    Task<VoiceSettings?> Update(VoiceChange change);

    /// <summary>False where there was none.</summary>
    [Alias("delete")]
    Task<bool> Delete();
}
