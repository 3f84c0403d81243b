namespace DiaOrleans.Server.Clustering;

/// <summary>What a process does.</summary>
internal enum SiloRole
{
    /// <summary>Everything, alone, with its state in SQLite.</summary>
    Dev,

    /// <summary>Everything, as a member of a cluster.</summary>
    All,

    /// <summary>Answers clients and keeps the state of a cluster; it loads no model.</summary>
    Api,

    /// <summary>Runs the engines of a cluster; it answers no clients.</summary>
    Gpu,
}
