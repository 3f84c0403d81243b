using System.Globalization;
using System.Reflection;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Commands;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;

namespace DiaOrleans.Server.Tests.Hosting;

public sealed class ServerSettingsTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(ModelFolder.Default(), "..", ".."));
    private static readonly IReadOnlyList<Setting> Settings = Setting.FindAll(ServerSettings.Classes);

    /// <summary>Options that users cannot set.</summary>
    private static readonly string[] NotSettings = ["GenerationLogOptions"];

    [Fact]
    public void Every_options_class_of_the_server_and_the_grains_is_read() =>
        ((Assembly[])[typeof(ServerSettings).Assembly, typeof(JobOptions).Assembly])
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))
            .Where(type => !NotSettings.Contains(type.Name))
            .ShouldBe(ServerSettings.Classes, ignoreOrder: true);

    [Fact]
    public void A_setting_is_in_one_class() => Settings.Select(setting => setting.Name).ShouldBeUnique();

    [Fact]
    public void The_settings_file_of_the_repository_states_the_defaults()
    {
        var options = ServerSettings.Read(Path.Combine(Root, "silo-config", "dev.json"), new Dictionary<string, string?>()).Options;
        var services = new Microsoft.Extensions.DependencyInjection.ServiceCollection();
        options.AddTo(services);
        foreach (var setting in Settings)
        {
            var instance = services.Single(service => service.ServiceType == setting.Options).ImplementationInstance!;
            setting.GetValue(instance).ShouldBe(setting.GetValue(Activator.CreateInstance(setting.Options)!), setting.Name);
        }
    }

    [Theory]
    [InlineData("all")]
    [InlineData("api")]
    [InlineData("gpu")]
    public void The_settings_file_of_a_role_is_read_and_sets_the_role(string role)
    {
        var path = Path.Combine(Root, "silo-config", $"{role}.json");
        var options = ServerSettings.Read(path, new Dictionary<string, string?>()).Options;
        options.Get<LocalSiloOptions>().Role.ShouldBe(role);
        options.Get<LocalSiloOptions>().ClusterId.ShouldBe("dia");
        options.Get<DatabaseOptions>().FindConnection("test").ShouldBeNull();
    }

    [Fact]
    public void The_table_of_the_documentation_has_every_setting_with_its_variable_flag_and_default()
    {
        var rows = ReadTable();
        rows.Keys.ShouldBe(Settings.Select(setting => setting.Name), ignoreOrder: true);
        foreach (var setting in Settings)
        {
            var row = rows[setting.Name];
            row.Variable.ShouldBe(setting.Variable);
            row.Flag.ShouldBe(SettingFlags.All.FirstOrDefault(flag => flag.Setting == setting.Name)?.Option.Name ?? "", setting.Name);
            row.Default.ShouldBe(Show(setting.GetValue(Activator.CreateInstance(setting.Options)!)) ?? row.Default, setting.Name);
            row.Description.Length.ShouldBeGreaterThan(3, setting.Name);
        }
    }

    /// <summary>A default as the table shows it; null if the table describes it in words.</summary>
    private static string? Show(object? value) => value switch
    {
        bool on => on ? "on" : "off",
        IConvertible plain => Convert.ToString(plain, CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>Rows of the table by the setting's name. A row of several settings lists as many variables.</summary>
    private static Dictionary<string, Row> ReadTable() => File.ReadLines(Path.Combine(Root, "docs", "configuration.md"))
        .SkipWhile(line => !line.StartsWith("| setting |", StringComparison.Ordinal))
        .Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .SelectMany(ReadRow)
        .ToDictionary(row => row.Name);

    private static IEnumerable<Row> ReadRow(string line)
    {
        var cells = line.Split('|').Select(cell => cell.Trim()).ToArray();
        var names = cells[1].Split(", ");
        var variables = cells[2].Split(", ");
        var flags = cells[3].Split(", ");
        variables.Length.ShouldBe(names.Length, line);
        return names.Select((name, i) => new Row(name, variables[i], flags.Length == 1 ? flags[0] : flags[i], cells[4], cells[5]));
    }

    private sealed record Row(string Name, string Variable, string Flag, string Default, string Description);
}
