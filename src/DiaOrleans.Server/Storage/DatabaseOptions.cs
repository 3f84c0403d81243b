using DiaOrleans.Server.Settings;
using Npgsql;

namespace DiaOrleans.Server.Storage;

/// <summary>The database of a cluster. It is no record: the text of a record has the values of its properties, here a secret.</summary>
internal sealed class DatabaseOptions
{
    /// <summary>Connections of a silo to PostgreSQL at most, if the connection string does not say.</summary>
    private const int MaxConnections = 20;

    /// <summary>Connection string of PostgreSQL, which makes the server a member of a cluster; null or empty: none.</summary>
    public string? Database { get; init; }

    /// <summary>Path of a file whose first line is the connection string, for systems that hand over secrets as files.</summary>
    public string? DatabaseFile { get; init; }

    /// <summary>The connection string; null if there is none.</summary>
    /// <param name="application">Name of this process in the views of PostgreSQL.</param>
    /// <exception cref="SettingsException">It is not valid, or its file cannot be read. The message does not contain it.</exception>
    public string? FindConnection(string application)
    {
        var hasFile = !string.IsNullOrEmpty(DatabaseFile);
        var hasText = !string.IsNullOrEmpty(Database);
        if (hasFile && hasText) throw Wrong("Database and DatabaseFile are both set; expected one of them.", nameof(Database));
        var text = hasFile ? ReadFile(DatabaseFile!) : Database;
        return string.IsNullOrEmpty(text) ? null : Complete(text, application);
    }

    private static string Complete(string text, string application)
    {
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(connection.Host)) throw new ArgumentException("There is no host.");
            if (string.IsNullOrEmpty(connection.ApplicationName)) connection.ApplicationName = application;
            if (!connection.Keys.Contains("Maximum Pool Size")) connection.MaxPoolSize = MaxConnections;
            return connection.ToString();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            // The exception may have a part of the password.
            throw Wrong(
                "database is not a connection string of PostgreSQL; expected text such as "
                + "'Host=db.example;Database=dia;Username=dia;Password=...'.",
                nameof(Database));
        }
    }

    private static string ReadFile(string path)
    {
        try
        {
            if (File.ReadLines(path).FirstOrDefault()?.Trim() is { Length: > 0 } line) return line;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong($"database file is '{path}', which cannot be read: {e.Message}", nameof(DatabaseFile));
        }

        const string expected = "whose first line is empty; expected a connection string of PostgreSQL.";
        throw Wrong($"database file is '{path}', {expected}", nameof(DatabaseFile));
    }

    private static SettingsException Wrong(string message, string setting) => new(message) { Setting = setting };
}
