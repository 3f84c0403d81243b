namespace DiaOrleans.Server.Commands.Db;

/// <summary>Exit codes of the commands on the database, for scripts; docs/cluster.md lists them.</summary>
internal static class DbExit
{
    /// <summary>The database has the schema of this release.</summary>
    public const int Done = 0;

    /// <summary><c>--check</c>: the database lacks a part of the schema.</summary>
    public const int Behind = 1;

    /// <summary>A wrong argument or setting.</summary>
    public const int Usage = 2;

    /// <summary>A newer release has migrated the database.</summary>
    public const int Newer = 3;

    /// <summary><c>import</c>: the cluster is not new.</summary>
    public const int Refused = 4;

    /// <summary>The database cannot be reached, or refuses the work.</summary>
    public const int Unavailable = 5;
}
