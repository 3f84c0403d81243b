using DiaOrleans.Server.Tests;

namespace DiaOrleans.Cluster.Tests.Silos;

/// <summary>
/// Silos of one cluster, each with a data folder of its own and one folder of blobs for all. They are killed, and the folders deleted, at
/// the end.
/// </summary>
internal sealed class TestCluster : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _database;
    private readonly List<SiloProcess> _silos = [];

    /// <summary>Variable that names a folder for the logs of the silos, to find out why a test failed.</summary>
    private const string LogFolder = "DIA_SILO_LOGS";

    private TestCluster(string database) => _database = database;

    /// <summary>A cluster without silos, on a database of its own.</summary>
    /// <param name="postgres">The server of the database.</param>
    /// <param name="tables">Folder of its tables; null is that of the server.</param>
    public static async Task<TestCluster> Create(PostgresServer postgres, string? tables = null) =>
        new(await postgres.CreateMigrated(tables));

    /// <summary>Connection string of the database.</summary>
    public string Database => _database;

    /// <summary>All silos that were started, in their order.</summary>
    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>Settings of a silo; each call chooses a port.</summary>
    public SiloSettings Settings(string name, string role = "all") => new(name, _database, _folder.File(name))
    {
        Role = role,
        Blobs = _folder.File("blobs"),
    };

    /// <summary>Starts a silo and waits until it listens.</summary>
    public Task<SiloProcess> Start(string name, string role = "all") => Start(Settings(name, role));

    /// <inheritdoc cref="Start(string, string)"/>
    public async Task<SiloProcess> Start(SiloSettings settings)
    {
        var silo = Launch(settings);
        await silo.WaitUntilListening();
        return silo;
    }

    /// <summary>Starts the first silo, which has all grains until others join, and makes the voice anna.</summary>
    public async Task<SiloProcess> StartFirst(string name, string role = "all")
    {
        var silo = await Start(name, role);
        await Requests.MakeVoice(silo, "anna");
        return silo;
    }

    /// <summary>Starts a silo and does not wait.</summary>
    public SiloProcess Launch(SiloSettings settings)
    {
        var silo = SiloProcess.Launch(settings);
        _silos.Add(silo);
        return silo;
    }

    public void Dispose()
    {
        foreach (var silo in _silos) silo.Dispose();
        if (Environment.GetEnvironmentVariable(LogFolder) is { Length: > 0 } logs) WriteLogs(logs);
        _folder.Dispose();
    }

    private void WriteLogs(string folder)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i < _silos.Count; i++) File.WriteAllText(Path.Combine(folder, $"{i}-{_silos[i].Settings.Name}.log"), _silos[i].Log);
    }
}
