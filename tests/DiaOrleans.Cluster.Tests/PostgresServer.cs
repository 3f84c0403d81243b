using System.Diagnostics;
using DiaOrleans.Cluster.Tests;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Storage;
using Npgsql;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace DiaOrleans.Cluster.Tests;

/// <summary>
/// A PostgreSQL server of this test run: on loopback, on a free port, with its files in a temporary folder. As root it runs as another
/// user, because it refuses to run as root.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <summary>The user that Debian's package makes, or one that every system has.</summary>
    private static readonly string User = Users.Any(user => user.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private const string Owner = "dia";

    /// <summary>Where Debian and Fedora keep the programs that are not on PATH.</summary>
    private static readonly string[] Folders = ["/usr/lib/postgresql", "/usr"];

    private readonly string? _programs = FindPrograms();
    private string _folder = "";
    private int _port;
    private int _databases;

    /// <summary>Why there is no server; null if there is one.</summary>
    private string? Missing => _programs is null ? "PostgreSQL's programs (initdb, pg_ctl) are not installed" : null;

    private static IEnumerable<string> Users => File.Exists("/etc/passwd") ? File.ReadLines("/etc/passwd") : [];

    private string Data => Path.Combine(_folder, "data");

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null) return;
        _folder = Directory.CreateTempSubdirectory("dia-postgres-").FullName;
        if (Environment.IsPrivilegedProcess) await Execute("chown", User, _folder);
        _port = FreePorts.Fill(0)[0];
        await Run("initdb", "-D", Data, "-U", Owner, "-A", "trust", "--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C.UTF-8");
        await Start();
    }

    public async ValueTask DisposeAsync()
    {
        if (Missing is not null) return;
        NpgsqlConnection.ClearAllPools();
        await Stop();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the server again after <see cref="Stop"/>, on the same port.</summary>
    public Task Start() => Run(
        "pg_ctl",
        ["-D", Data, "-w", "-t", "60", "-l", Path.Combine(_folder, "log"), "-o", Options(), "start"]);

    /// <summary>Ends the server and its connections.</summary>
    public Task Stop() => Run("pg_ctl", "-D", Data, "-m", "fast", "-w", "-t", "60", "stop");

    /// <summary>Makes an empty database; without a server, the test is skipped.</summary>
    /// <param name="tables">Folder of its tables; null is that of the server.</param>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabase(string? tables = null)
    {
        Assert.SkipWhen(Missing is not null, $"{Missing}: the tests of clusters need them");
        var name = $"dia{++_databases}";
        await using var server = NpgsqlDataSource.Create(Connection("postgres"));
        var place = "";
        if (tables is not null)
        {
            if (Environment.IsPrivilegedProcess) await Execute("chown", User, tables);
            await using var making = server.CreateCommand($"CREATE TABLESPACE {name} LOCATION '{tables}'");
            await making.ExecuteNonQueryAsync();
            place = $" TABLESPACE {name}";
        }

        await using var command = server.CreateCommand($"CREATE DATABASE {name}{place}");
        await command.ExecuteNonQueryAsync();
        return Connection(name);
    }

    /// <summary>Removes the databases whose tables are in a folder, with their connections.</summary>
    /// <param name="tables">Folder of the tables.</param>
    public async Task DropDatabases(string tables)
    {
        await using var server = NpgsqlDataSource.Create(Connection("postgres"));
        await using var find = server.CreateCommand(
            "SELECT datname, spcname FROM pg_tablespace JOIN pg_database ON dattablespace = pg_tablespace.oid "
            + "WHERE pg_tablespace_location(pg_tablespace.oid) = $1");
        find.Parameters.AddWithValue(tables);
        var found = new List<(string Database, string Space)>();
        await using (var rows = await find.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync()) found.Add((rows.GetString(0), rows.GetString(1)));
        }

        foreach (var (database, space) in found)
        {
            await using var dropDatabase = server.CreateCommand($"DROP DATABASE {database} WITH (FORCE)");
            await dropDatabase.ExecuteNonQueryAsync();
            await using var dropSpace = server.CreateCommand($"DROP TABLESPACE {space}");
            await dropSpace.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Makes a database with the schema of the release.</summary>
    /// <param name="tables">Folder of its tables; null is that of the server.</param>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateMigrated(string? tables = null)
    {
        var connection = await CreateDatabase(tables);
        await using var database = NpgsqlDataSource.Create(connection);
        PostgresSchema.Migrate(database).ShouldNotBeEmpty();
        return connection;
    }

    /// <summary>A connection string of this server by way of its Unix socket, which is in no network.</summary>
    /// <param name="connection">A connection string.</param>
    public string OverSocket(string connection) => new NpgsqlConnectionStringBuilder(connection) { Host = _folder }.ConnectionString;

    private string Connection(string database) => $"Host=127.0.0.1;Port={_port};Username={Owner};Database={database}";

    /// <summary>Nothing is flushed to disk: the machine does not fail during a test.</summary>
    private string Options() =>
        $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories={_folder} -c max_connections=300 -c fsync=off";

    private static string? FindPrograms() => Folders
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.GetDirectories(folder))
        .SelectMany(folder => (string[])[folder, Path.Combine(folder, "bin")])
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        .Where(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")))
        .OrderDescending(StringComparer.Ordinal)
        .FirstOrDefault();

    private Task Run(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs!, program);
        return Environment.IsPrivilegedProcess
            ? Execute("setpriv", [$"--reuid={User}", "--clear-groups", path, .. arguments])
            : Execute(path, arguments);
    }

    /// <summary>Output is not redirected: a server that goes on would keep the pipe open.</summary>
    private async Task Execute(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments])
        {
            WorkingDirectory = "/",
        })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {process.ExitCode}");
    }
}
