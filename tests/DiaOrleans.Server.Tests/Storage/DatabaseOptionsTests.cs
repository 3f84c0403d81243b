using DiaOrleans.Server.Clustering;
using DiaOrleans.Server.Settings;
using DiaOrleans.Server.Storage;
using Npgsql;

namespace DiaOrleans.Server.Tests.Storage;

public sealed class DatabaseOptionsTests : IDisposable
{
    private const string Text = "Host=db.example;Database=dia;Username=dia;Password=hidden-word";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_connection_string_is_completed_where_it_says_nothing()
    {
        var connection = new NpgsqlConnectionStringBuilder(new DatabaseOptions { Database = Text }.FindConnection("dia one"));
        (connection.Host, connection.Password, connection.ApplicationName).ShouldBe(("db.example", "hidden-word", "dia one"));
        connection.MaxPoolSize.ShouldBe(20);
        connection = new(new DatabaseOptions { Database = Text + ";MaxPoolSize=100;Application Name=mine" }.FindConnection("dia one"));
        (connection.MaxPoolSize, connection.ApplicationName).ShouldBe((100, "mine"));
    }

    [Fact]
    public void A_file_has_the_connection_string_in_its_first_line()
    {
        File.WriteAllText(_folder.File("database"), $"{Text}\nanother line\n");
        var options = new DatabaseOptions { DatabaseFile = _folder.File("database") };
        new NpgsqlConnectionStringBuilder(options.FindConnection("dia")).Password.ShouldBe("hidden-word");
        File.WriteAllText(_folder.File("database"), "\n");
        Problem(options).ShouldContain("whose first line is empty");
        Problem(new DatabaseOptions { DatabaseFile = _folder.File("missing") }).ShouldContain("which cannot be read");
        Problem(new DatabaseOptions { Database = Text, DatabaseFile = _folder.File("database") }).ShouldContain("expected one of them");
        new DatabaseOptions { Database = "", DatabaseFile = "" }.FindConnection("dia").ShouldBeNull();
    }

    [Theory]
    [InlineData("hidden-word")]
    [InlineData("Host=a;Password=b;hidden-word")]
    [InlineData("Host=a;hidden-word=1")]
    [InlineData("Host=a;Port=hidden-word")]
    [InlineData("Password=hidden-word")]
    [InlineData("postgres://dia:hidden-word@db.example/dia")]
    public void A_wrong_connection_string_is_refused_without_a_part_of_it(string text)
    {
        var problem = Problem(new DatabaseOptions { Database = text });
        problem.ShouldContain("expected text such as 'Host=db.example;");
        problem.ShouldNotContain("hidden-word");
        new DatabaseOptions { Database = text }.ToString()!.ShouldNotContain("hidden-word");
    }

    [Theory]
    [InlineData("gpu", null, "role is gpu, which needs a database")]
    [InlineData("dev", Text, "role is dev, which is one process")]
    [InlineData("all", "Host=127.0.0.1;Port=1;Password=hidden-word", "The database cannot be used: ")]
    public void A_database_that_does_not_fit_the_role_or_cannot_be_reached_is_refused(string role, string? database, string expected)
    {
        var options = new DatabaseOptions { Database = database };
        var problem = Should.Throw<SettingsException>(() => ClusterDatabase.Find(new LocalSiloOptions { Role = role }, options)).Message;
        problem.ShouldContain(expected);
        problem.ShouldNotContain("hidden-word");
    }

    private static string Problem(DatabaseOptions options) => Should.Throw<SettingsException>(() => options.FindConnection("dia")).Message;
}
