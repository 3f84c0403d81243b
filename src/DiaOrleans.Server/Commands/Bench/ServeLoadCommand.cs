using System.CommandLine;
using System.Text.Json;
using DiaOrleans.Server.Commands.Bench.Load;
using Spectre.Console;
using static System.FormattableString;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary><c>bench serve URL</c>: puts a load on a running server and measures it.</summary>
internal static class ServeLoadCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var arguments = new LoadArguments();
        var plot = new Option<string?>("--plot") { Description = "SVG file that gets a plot of all runs." };
        var json = new Option<bool>("--json") { Description = "Print a JSON list." };
        var command = new Command("serve", "Puts a load on a running server: this one, or another with OpenAI's route.") { plot, json };
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await Run(arguments.Read(parsed), parsed.GetValue(plot), parsed.GetValue(json), cancellation);
            }
            catch (FormatException e)
            {
                Console.Error.WriteLine(e.Message);
                return 2;
            }
        });
        return command;
    }

    private static async Task<int> Run(
        IReadOnlyList<(LoadPlan Plan, int Clients)> loads,
        string? plot,
        bool json,
        CancellationToken cancellation)
    {
        var results = new List<LoadResult>();
        if (await Measure(loads, results, cancellation) is { } problem)
        {
            Console.Error.WriteLine(problem);
            return 1;
        }

        if (json) Console.WriteLine(JsonSerializer.Serialize(results, Json));
        else LoadTable.Print(results);
        if (plot is not null) LoadPlot.Write(plot, Describe(loads[0].Plan), results);
        return 0;
    }

    /// <summary>Makes the runs one after another. Returns why it could not, or null.</summary>
    private static async Task<string?> Measure(
        IReadOnlyList<(LoadPlan Plan, int Clients)> loads,
        List<LoadResult> results,
        CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress().StartAsync(async context =>
        {
            foreach (var (plan, clients) in loads)
            {
                var task = context.AddTask(LoadTable.Name(plan.Rate, clients), maxValue: 1);
                var run = new LoadRun(http, plan, new Progress(task));
                if (results.Count == 0 && await run.WarmUp(cancellation) is { IsGood: false } first)
                    return $"The first request failed: {first.Outcome}.";
                results.Add(await run.Run(clients, cancellation));
                task.Value = 1;
            }

            return null;
        });
    }

    private static string Describe(LoadPlan plan)
    {
        var way = plan switch
        {
            { IsStreamed: true } => "streams",
            { Route: LoadRoute.Job } => "background jobs",
            { Route: LoadRoute.OpenAi } => "OpenAI's route",
            _ => "whole answers",
        };
        return Invariant($"{way}, {plan.Format}, texts of {plan.ShortestText} to {plan.LongestText} characters");
    }

    private sealed class Progress(ProgressTask task) : IProgress<double>
    {
        public void Report(double value) => task.Value = Math.Max(task.Value, value);
    }
}
