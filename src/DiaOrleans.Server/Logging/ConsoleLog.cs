using Microsoft.Extensions.Logging.Console;

namespace DiaOrleans.Server.Logging;

/// <summary>Sets up the log on the console.</summary>
internal static class ConsoleLog
{
    private const string OwnCategory = "DiaOrleans";

    /// <summary>Replaces all logging providers by the console; the section Logging of the configuration changes the levels.</summary>
    public static void Add(WebApplicationBuilder builder, Verbosity verbosity)
    {
        builder.Logging.ClearProviders();
        builder.Logging
            .AddConsole(console => console.FormatterName = LogLine.FormatterName)
            .AddConsoleFormatter<LogLine, ConsoleFormatterOptions>();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // Their warnings are about settings for a server farm, and about clocks that virtual machines do not have.
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        var section = builder.Configuration.GetSection("Logging");
        if (section.Exists()) builder.Logging.AddConfiguration(section);
        verbosity.Usual = section.GetValue<LogLevel?>($"LogLevel:{OwnCategory}") ?? LogLevel.Information;
        // The last rule of a category is used, so this one is added after those of the settings file.
        builder.Logging.AddFilter(OwnCategory, verbosity.Shows);
        // Orleans logs the start of a grain service under the name of its class.
        builder.Logging.AddFilter($"{OwnCategory}.Grains.SiloReports.SiloReportService", LogLevel.Warning);
    }
}
