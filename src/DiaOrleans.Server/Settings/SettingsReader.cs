using Microsoft.Extensions.Configuration;

namespace DiaOrleans.Server.Settings;

/// <summary>
/// Reads options classes from the section Dia of a settings file, from environment variables and from the command line; the later wins.
/// </summary>
/// <param name="classes">The options classes; each has a constructor without parameters.</param>
/// <param name="getVariable">The value of an environment variable by its name; null or empty if it is not set.</param>
internal sealed class SettingsReader(IReadOnlyList<Type> classes, Func<string, string?> getVariable)
{
    private const string FileSection = "Dia";

    private readonly IReadOnlyList<Setting> _settings = Setting.FindAll(classes);

    /// <summary>Validates an instance of an options class that does not come from this reader.</summary>
    /// <exception cref="SettingsException">A value is not valid.</exception>
    public static void Validate(object options)
    {
        foreach (var setting in Setting.FindAll([options.GetType()])) setting.Validate(options, text: null, origin: null);
    }

    /// <summary>Reads and validates all settings.</summary>
    /// <param name="file">Settings file, or null.</param>
    /// <param name="commandLine">Values that the command line gives, by the names of settings.</param>
    /// <returns>The options, and all sections of the file.</returns>
    /// <exception cref="SettingsException">
    /// The file is missing, it is not JSON, it names an unknown setting, or a value is wrong.
    /// </exception>
    public (OptionsSet Options, IConfiguration Configuration) Read(string? file, IReadOnlyDictionary<string, string?> commandLine)
    {
        var configuration = ReadFile(file);
        var section = configuration.GetSection(FileSection);
        RefuseUnknown(section);
        var instances = classes.ToDictionary(type => type, type => Activator.CreateInstance(type)!);
        var given = new HashSet<string>();
        foreach (var setting in _settings)
        {
            var (text, origin) = Find(setting);
            if (text is not null) setting.Set(instances[setting.Options], text, origin);
            if (text is not null) given.Add(setting.Name);
            setting.Validate(instances[setting.Options], text, origin);
        }

        return (new OptionsSet([.. instances.Values], given), configuration);

        (string? Text, string Origin) Find(Setting setting)
        {
            if (commandLine.TryGetValue(setting.Name, out var text)) return (text, "the command line");
            if (getVariable(setting.Variable) is { Length: > 0 } variable) return (variable, setting.Variable);
            if (TextOf(section.GetSection(setting.Name)) is { } written) return (written, $"{FileSection}:{setting.Name} in {file}");
            return (null, "the defaults");
        }
    }

    private static IConfigurationRoot ReadFile(string? file)
    {
        try
        {
            var builder = new ConfigurationBuilder();
            if (file is not null) builder.AddJsonFile(Path.GetFullPath(file), optional: false);
            return builder.Build();
        }
        catch (Exception problem) when (problem is FileNotFoundException or InvalidDataException or FormatException)
        {
            throw new SettingsException(problem.Message, problem);
        }
    }

    /// <summary>The value of a key; a list is the same as its items separated by commas.</summary>
    private static string? TextOf(IConfigurationSection key)
    {
        var items = key.GetChildren().Select(item => item.Value).ToArray();
        return items.Length > 0 ? string.Join(',', items) : key.Value;
    }

    private void RefuseUnknown(IConfigurationSection section)
    {
        var names = _settings.Select(setting => setting.Name).ToArray();
        var unknown = section.GetChildren().FirstOrDefault(key => !names.Contains(key.Key, StringComparer.OrdinalIgnoreCase));
        if (unknown is null) return;
        throw new SettingsException($"The settings file sets {unknown.Path}, which is no setting. There are: {string.Join(", ", names)}.");
    }
}
