using Microsoft.Extensions.Configuration;

namespace DiaOrleans.Server.Hosting;

/// <summary>Reads <see cref="ServerOptions"/> from a settings file, the environment and the command line.</summary>
internal static class SettingsReader
{
    private const string EnvironmentPrefix = "DIA_";
    private const string FileSection = "Dia";
    private static readonly string[] Names = [.. typeof(ServerOptions).GetProperties().Where(p => p.CanWrite).Select(p => p.Name)];

    /// <param name="file">Settings file, or null.</param>
    /// <param name="commandLine">Values that the command line gives, by the option record's names.</param>
    /// <exception cref="SettingsException">A file is missing or a value is wrong.</exception>
    public static (ServerOptions Options, IConfiguration Configuration) Read(string? file, IReadOnlyDictionary<string, string?> commandLine)
    {
        try
        {
            var builder = new ConfigurationBuilder();
            if (file is not null) builder.AddJsonFile(Path.GetFullPath(file), optional: false);
            var fromFile = builder.Build();
            RefuseUnknown(fromFile.GetSection(FileSection));
            var values = new ConfigurationBuilder()
                .AddConfiguration(fromFile.GetSection(FileSection))
                .AddInMemoryCollection(FromEnvironment())
                .AddInMemoryCollection(commandLine)
                .Build();
            return ((values.Get<ServerOptions>() ?? new ServerOptions()).Checked(), fromFile);
        }
        catch (Exception problem) when (problem is FileNotFoundException or InvalidDataException or InvalidOperationException or FormatException)
        {
            throw new SettingsException(problem.Message, problem);
        }
    }

    private static void RefuseUnknown(IConfigurationSection section)
    {
        if (section.GetChildren().FirstOrDefault(child => !Names.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new SettingsException($"The settings file sets {unknown.Path}, which is no setting. There are: {string.Join(", ", Names)}.");
    }

    /// <summary>DIA_MAX_WAITING_SECONDS sets MaxWaitingSeconds, and so on.</summary>
    private static Dictionary<string, string?> FromEnvironment() => Names
        .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(EnvironmentPrefix + Shout(name))))
        .Where(pair => !string.IsNullOrEmpty(pair.Value))
        .ToDictionary(pair => pair.Name, pair => IsSwitch(pair.Name) ? Switch(pair.Value!) : pair.Value);

    private static bool IsSwitch(string name) => typeof(ServerOptions).GetProperty(name)!.PropertyType is var type && (Nullable.GetUnderlyingType(type) ?? type) == typeof(bool);

    /// <summary>In an environment a switch is often 1 or 0.</summary>
    private static string Switch(string value) => value switch { "1" => "true", "0" => "false", _ => value };

    private static string Shout(string name) => string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : c.ToString())).ToUpperInvariant();
}
