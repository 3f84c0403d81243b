using Microsoft.Extensions.Logging.Console;

namespace DiaOrleans.Server.Hosting;

/// <summary>What the server says on its console.</summary>
internal static class ConsoleLog
{
    private const string Own = "DiaOrleans";

    public static void Add(WebApplicationBuilder builder, Verbosity verbosity)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.FormatterName = LogLine.FormatterName).AddConsoleFormatter<LogLine, ConsoleFormatterOptions>();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // It warns of settings that suit a server farm and of clocks that virtual machines lack.
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        var section = builder.Configuration.GetSection("Logging");
        if (section.Exists()) builder.Logging.AddConfiguration(section);
        verbosity.Usual = section.GetValue<LogLevel?>($"LogLevel:{Own}") ?? LogLevel.Information;
        // The last rule of a category holds: this one must come after those of the settings file.
        builder.Logging.AddFilter(Own, verbosity.Shows);
    }
}
