using DiaOrleans.Server.Models.Downloading;
using Spectre.Console;

namespace DiaOrleans.Server.Commands.Model;

/// <summary>Shows downloads on standard error: bars on a terminal, lines elsewhere.</summary>
internal static class PullDisplay
{
    /// <summary>Runs a download and shows it.</summary>
    public static async Task<T> Run<T>(Func<IDownloadObserver, Task<T>> download)
    {
        if (Console.IsErrorRedirected) return await download(new PullLines(Console.Error, TimeProvider.System));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .StartAsync(context => download(new PullBars(console, context)));
    }

    private sealed class PullBars(IAnsiConsole console, ProgressContext context) : IDownloadObserver
    {
        private readonly Interruptions _interruptions = new(TimeProvider.System);
        private readonly Lock _lock = new();
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Waits(string what) => console.WriteLine($"{what}: another process downloads it; waiting for that one.");

        public void Begins(RemoteFile file, long done, long? total)
        {
            var task = Find(file);
            task.IsIndeterminate = total is null;
            if (total is not null) task.MaxValue = total.Value;
            task.Value = done;
        }

        public void Advances(RemoteFile file, int bytes) => Find(file).Increment(bytes);

        public void Resumes(RemoteFile file, Exception cause, TimeSpan wait)
        {
            if (_interruptions.Describe(file, cause, wait) is { } sentence) console.WriteLine(sentence);
        }

        public void Verifies(RemoteFile file) => Find(file).Description = Markup.Escape($"{file.Path} (verifying)");

        public void Ends(RemoteFile file)
        {
            var task = Find(file);
            task.Description = Markup.Escape(file.Path);
            task.StopTask();
        }

        private ProgressTask Find(RemoteFile file)
        {
            lock (_lock)
            {
                if (_tasks.TryGetValue(file.Path, out var task)) return task;
                return _tasks[file.Path] = context.AddTask(Markup.Escape(file.Path));
            }
        }
    }
}
