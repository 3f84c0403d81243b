using System.Collections.Immutable;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.ClusterRecord;

/// <summary>
/// The settings that decide the bytes of a request, with one value in the whole cluster: the same voice and seed sound the same through
/// every silo.
/// </summary>
internal sealed record RecordValues
{
    /// <summary>A cluster whose settings are all defaults.</summary>
    public static readonly RecordValues Defaults = new();

    /// <summary>The options classes; each of their settings is a part of the record.</summary>
    private static readonly IReadOnlyList<Type> Classes =
        [typeof(RenderingOptions), typeof(ScriptOptions), typeof(PromptOptions), typeof(WorkerPoolOptions)];

    private ImmutableSortedDictionary<string, string> _values = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The settings, in the order of their classes.</summary>
    public static IReadOnlyList<Setting> Settings { get; } = Setting.FindAll(Classes);

    /// <summary>The values of a record.</summary>
    /// <exception cref="SettingsException">One of them is no setting, or not valid.</exception>
    public static RecordValues Read(IEnumerable<KeyValuePair<string, string>> values) =>
        values.Aggregate(Defaults, (record, value) => record.With(value.Key, value.Value));

    /// <summary>The values that the settings of a silo give; settings that are not given are left out.</summary>
    public static RecordValues Of(OptionsSet options) => Read(
        from setting in Settings
        where options.IsGiven(setting.Name)
        let text = SettingText.Format(setting.GetValue(options.Find(setting.Options)))
        where text is not null
        select KeyValuePair.Create(setting.Name, text));

    /// <summary>The value of a setting; null is the default.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>A record with another value of one setting.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <param name="text">The value; empty takes the default.</param>
    /// <exception cref="SettingsException">There is no such setting, or the value is not valid.</exception>
    public RecordValues With(string name, string text)
    {
        var setting = Settings.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new SettingsException(
                $"'{name}' is no setting of the cluster. There are: {string.Join(", ", Settings.Select(one => one.Name))}.");
        if (text.Length == 0) return this with { _values = _values.Remove(setting.Name) };
        var options = Activator.CreateInstance(setting.Options)!;
        setting.Set(options, text, "the cluster");
        setting.Validate(options, text, "the cluster");
        return this with { _values = _values.SetItem(setting.Name, SettingText.Format(setting.GetValue(options))!) };
    }

    /// <summary>
    /// Why a silo cannot join with its own settings: one that it gives has another value in the cluster. Null if it can. A setting that it
    /// does not give has the value of the cluster.
    /// </summary>
    /// <param name="own">The values that the silo's settings give.</param>
    public string? FindConflict(RecordValues own)
    {
        foreach (var (name, text) in own._values)
        {
            if (Find(name) == text) continue;
            return $"{name} is {text} in the settings of this silo and {Show(name)} in its cluster, whose silos all use the same value. "
                + $"Remove the setting from this silo, or change the cluster: ./run.sh cluster set {name}={text}";
        }

        return null;
    }

    /// <summary>The value of a setting for people.</summary>
    public string Show(string name) => Find(name) ?? $"not set (default: {ShowDefault(name)})";

    /// <summary>The options of a class with these values.</summary>
    public T Create<T>() where T : class, new()
    {
        var options = new T();
        foreach (var setting in Settings.Where(setting => setting.Options == typeof(T)))
        {
            if (Find(setting.Name) is { } text) setting.Set(options, text, "the cluster");
        }

        return options;
    }

    /// <summary>The record as it is stored.</summary>
    public SortedDictionary<string, string> ToState() => new(_values, StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool Equals(RecordValues? other) => other is not null && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Aggregate(0, (hash, value) => HashCode.Combine(hash, value.Key, value.Value));

    private static string ShowDefault(string name)
    {
        var setting = Settings.Single(one => one.Name == name);
        return SettingText.Format(setting.GetValue(Activator.CreateInstance(setting.Options)!))
            ?? (name == nameof(WorkerPoolOptions.DefaultPool) ? "the first by name" : "the model's");
    }
}
