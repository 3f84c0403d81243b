using System.Diagnostics;
using DiaOrleans.Cluster.Tests.Silos;
using DiaOrleans.Server.Blobs;
using DiaOrleans.Server.Commands.Doctor;
using DiaOrleans.Server.Storage;
using Npgsql;

namespace DiaOrleans.Cluster.Tests.Commands;

public sealed class DbMigrateTests(PostgresServer postgres)
{
    private const string Later = "postgresql.999-later.sql";

    [Fact]
    public async Task Two_migrations_at_the_same_time_make_the_schema_once_and_a_third_changes_nothing()
    {
        var database = await postgres.CreateDatabase();
        (await Migrate(database, "--check")).Code.ShouldBe(1);
        var both = await Task.WhenAll(Migrate(database), Migrate(database));
        both.ShouldAllBe(result => result.Code == 0);
        var ran = both.SelectMany(result => result.Output.Split('\n').Where(line => line.StartsWith("ran ", StringComparison.Ordinal)));
        ran.Select(line => line[4..].Trim()).ShouldBe(PostgresSchema.Scripts);
        (await Migrate(database)).ShouldBe((0, "The database has the schema of this release.\n"));
        (await Migrate(database, "--check")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task A_newer_database_is_left_alone()
    {
        var database = await postgres.CreateMigrated();
        await Execute(database, $"INSERT INTO dia_schema (ScriptName, Applied) VALUES ('{Later}', now())");
        foreach (var check in (string[][])[[], ["--check"]])
        {
            var (code, output) = await Migrate(database, check);
            code.ShouldBe(3);
            output.ShouldContain($"newer release of DiaOrleans, which added {Later}");
        }
    }

    [Fact]
    public async Task A_missing_or_wrong_database_is_named_without_its_password()
    {
        (await Migrate("")).ShouldBe((2, "There is no database: set Database (DIA_DATABASE or DIA_DATABASE_FILE).\n"));
        var (code, output) = await Migrate("Host=127.0.0.1;Port=1;Username=dia;Password=hidden-word");
        code.ShouldBe(5);
        output.ShouldContain("The database cannot be used");
        output.ShouldNotContain("hidden-word");
        (code, output) = await Migrate("Host=127.0.0.1;Password=a;hidden-word");
        code.ShouldBe(2);
        output.ShouldContain("not a connection string");
        output.ShouldNotContain("hidden-word");
    }

    [Fact]
    public async Task A_silo_refuses_a_database_that_is_not_migrated_or_newer()
    {
        using var folder = new TemporaryFolder();
        var database = await postgres.CreateDatabase();
        var settings = new SiloSettings("one", database, folder.File("one"));
        (await Start(settings)).ShouldContain("Run once: ./run.sh db migrate");
        (await Migrate(database)).Code.ShouldBe(0);
        await Execute(database, $"INSERT INTO dia_schema (ScriptName, Applied) VALUES ('{Later}', now())");
        (await Start(settings)).ShouldContain($"which added {Later}. Run that release.");
        (await Start(settings with { Database = null })).ShouldContain("role is all, which needs a database");
        (await Start(settings with { Role = "dev" })).ShouldContain("role is dev, which is one process");
    }

    [Fact]
    public async Task The_doctor_checks_the_database_of_a_cluster()
    {
        var options = new DatabaseOptions { Database = await postgres.CreateDatabase() };
        var finding = DatabaseCheck.Run("data", options);
        finding.Verdict.ShouldBe(Verdict.Problem);
        finding.Found.ShouldContain("Run once: ./run.sh db migrate");
        (await Migrate(options.Database)).Code.ShouldBe(0);
        finding = DatabaseCheck.Run("data", options);
        finding.Verdict.ShouldBe(Verdict.Ok);
        finding.Found.ShouldMatch("^PostgreSQL [0-9.]+ at 127.0.0.1 has the schema of this release$");
        finding = await BlobCheck.Run("data", new BlobOptions { Blobs = "database" }, options, _ => null);
        finding.ShouldBe(new Finding("blobs", Verdict.Ok, "the database can be written and read"));
    }

    /// <summary>Starts a silo that must refuse to run.</summary>
    /// <returns>What it wrote.</returns>
    private static async Task<string> Start(SiloSettings settings)
    {
        using var silo = SiloProcess.Launch(settings);
        var (code, log) = await silo.WaitForExit();
        code.ShouldBe(1, log);
        return log;
    }

    private static async Task<(int Code, string Output)> Migrate(string database, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [ServerProcess.Program, "db", "migrate", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DIA_DATABASE"] = database },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private static async Task Execute(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
