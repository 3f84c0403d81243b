using System.Globalization;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DiaOrleans.Server.Commands.Serve;

/// <summary>
/// Tells whoever starts the server where to open it and what it runs. It writes plain lines, from the moment that HTTP listens until the
/// models are loaded.
/// </summary>
internal sealed class StartReport(
    TextWriter output,
    DataFolder data,
    EngineOptions engine,
    LocalSiloOptions silo,
    IServer server,
    LocalWorkers workers,
    IHostApplicationLifetime life,
    TimeProvider time) : BackgroundService
{
    private const string Dia = "nari-labs/Dia-1.6B-0626";

    /// <summary>How often a load that goes on is reported.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly long _begin = time.GetTimestamp();

    private readonly string _model =
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(engine.Model ?? ModelFolder.Default())));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (life.ApplicationStarted.Register(listening.SetResult))
            await listening.Task.WaitUpTo(Timeout.InfiniteTimeSpan, time, stoppingToken);
        if (!listening.Task.IsCompleted) return;
        WriteAddresses();
        if (silo.HasEngines) await WriteModel(stoppingToken);
    }

    private void WriteAddresses()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(PageAddress.Parse).ToArray();
        if (silo.KeepsState)
        {
            Write("Page", addresses[0].Url);
            Write("Docs", $"{addresses[0].Url}/docs");
        }
        else
        {
            Write("Health", $"{addresses[0].Url}/health");
        }

        if (addresses.Any(address => address.IsOpen))
            Write("Open to", "the network, on every address of this machine; --host 127.0.0.1 limits it to this machine");
        if (silo.IsMember) Write("Silo", $"{silo.Name}, of the role {silo.Role}, in the cluster {silo.ClusterId}");
        Write("Data", data.Path);
    }

    private async Task WriteModel(CancellationToken cancellation)
    {
        Write("Model", $"{_model} is being loaded ...");
        var next = Period;
        while (!cancellation.IsCancellationRequested && !life.ApplicationStopping.IsCancellationRequested)
        {
            var change = workers.Changed;
            var elapsed = time.GetElapsedTime(_begin);
            if (workers.All.All(worker => worker.Status.State != WorkerState.Loading))
            {
                WriteLoaded(elapsed);
                return;
            }

            if (elapsed >= next)
            {
                Write("Model", $"{_model} is being loaded: {Seconds(elapsed)} so far ...");
                next = elapsed + Period;
            }

            await change.WaitUpTo(next - elapsed, time, cancellation);
        }
    }

    private void WriteLoaded(TimeSpan elapsed)
    {
        var loaded = workers.All.Where(worker => worker.Model is not null).ToArray();
        if (loaded.Length == 0)
        {
            Write("Model", $"{_model} could not be loaded: the log says why");
            return;
        }

        var devices = string.Join(", ", loaded.Select(worker => worker.Device).Distinct());
        Write("Model", $"{_model} on {devices} in {loaded[0].Model!.Precision}, ready after {Seconds(elapsed)}");
        if (engine.Model is not null) return;
        Write("", $"{_model} is a small demonstration model. Dia itself:");
        Write("", $"./run.sh model pull {Dia}");
        Write("", $"./run.sh --model {Dia}");
    }

    private void Write(string name, string text) => output.WriteLine($"{name,-8} {text}");

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString(time.TotalSeconds < 10 ? "0.0 s" : "0 s", CultureInfo.InvariantCulture);
}
