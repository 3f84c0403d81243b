namespace DiaOrleans.Cluster.Tests.Silos;

public sealed class SecretTests(PostgresServer postgres)
{
    private const string Secret = "hidden-word";

    [Fact]
    public async Task The_password_of_the_database_is_in_no_line_of_the_log()
    {
        using var folder = new TemporaryFolder();
        // The server of the tests asks for no password and takes any.
        File.WriteAllText(folder.File("database"), $"{await postgres.CreateMigrated()};Password={Secret}\n");
        File.WriteAllText(folder.File("settings"), """{"Logging":{"LogLevel":{"Default":"Trace","Orleans":"Trace","Npgsql":"Trace"}}}""");
        using var silo = await SiloProcess.Start(new SiloSettings("one", null, folder.File("one"))
        {
            Role = "api",
            Variables = new Dictionary<string, string>
            {
                ["DIA_DATABASE_FILE"] = folder.File("database"),
                ["DIA_SETTINGS"] = folder.File("settings"),
            },
        });
        await Requests.MakeVoice(silo, "anna");
        silo.Log.ShouldContain(" Orleans.");
        silo.Log.ShouldNotContain(Secret);
    }
}
