using System.ComponentModel;
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
            var environment = FromEnvironment();
            var values = new ConfigurationBuilder()
                .AddConfiguration(fromFile.GetSection(FileSection))
                .AddInMemoryCollection(Lists(fromFile.GetSection(FileSection)))
                .AddInMemoryCollection(environment)
                .AddInMemoryCollection(commandLine)
                .Build();
            return (Bind(values, Origin), fromFile);

            string Origin(string name) =>
                commandLine.ContainsKey(name) ? "the command line" :
                environment.ContainsKey(name) ? EnvironmentPrefix + Shout(name) :
                values[name] is not null ? $"{FileSection}:{name} in {file}" : "the defaults";
        }
        catch (Exception problem) when (problem is FileNotFoundException or InvalidDataException or InvalidOperationException or FormatException)
        {
            throw new SettingsException(problem.Message, problem);
        }
    }

    /// <exception cref="SettingsException">A value is of another kind or out of range; it says where the value comes from.</exception>
    private static ServerOptions Bind(IConfiguration values, Func<string, string> origin)
    {
        foreach (var name in Names)
        {
            var type = typeof(ServerOptions).GetProperty(name)!.PropertyType;
            if (values[name] is { } value && !CanBe(type, value))
                throw new SettingsException($"{Words(name)} is '{value}'; expected {Expected(type)}. It comes from {origin(name)}.");
        }

        try
        {
            return (values.Get<ServerOptions>() ?? new ServerOptions()).Checked();
        }
        catch (SettingsException problem) when (Blamed(problem) is { } name)
        {
            throw new SettingsException($"{problem.Message} It comes from {origin(name)}.", problem);
        }
    }

    /// <summary>The setting that a message begins with; the longest, since silo begins silo port as well.</summary>
    private static string? Blamed(SettingsException problem) => Names
        .Where(name => problem.Message.StartsWith($"{Words(name)} ", StringComparison.Ordinal))
        .MaxBy(name => name.Length);

    private static bool CanBe(Type type, string value)
    {
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return true;
        }
        catch (Exception problem) when (problem is FormatException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static string Expected(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Boolean => "true or false",
        TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.Double => "a number",
        _ => "text",
    };

    /// <summary>A setting as messages call it: max waiting seconds.</summary>
    private static string Words(string name) => Shout(name).Replace('_', ' ').ToLowerInvariant();

    /// <summary>A text that the file gives as a list of texts is the same separated by commas.</summary>
    private static Dictionary<string, string?> Lists(IConfigurationSection section) => Names
        .Where(name => typeof(ServerOptions).GetProperty(name)!.PropertyType == typeof(string))
        .Where(name => section.GetSection(name).GetChildren().Any())
        .ToDictionary(name => name, name => (string?)string.Join(',', section.GetSection(name).GetChildren().Select(item => item.Value)));

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
