using System.CommandLine;

namespace DiaOrleans.Server.Commands.Db;

/// <summary><c>db</c>: prepares the database of a cluster.</summary>
internal static class DbCommand
{
    /// <summary>The command.</summary>
    public static Command Create() => new("db", "Prepares the database of a cluster (DIA_DATABASE, DIA_DATABASE_FILE).")
    {
        DbMigrateCommand.Create(),
        DbImportCommand.Create(),
    };
}
