namespace DiaOrleans.Grains.Catalogs;

/// <summary>What a catalogue of ids stores with every change: its newest page and the numbers of the full ones.</summary>
internal interface IIdCatalogState
{
    /// <summary>Ids of the newest page, in the order of creation; in version 1 all ids.</summary>
    List<string> Ids { get; }

    /// <summary>Numbers of the full pages, oldest first. Written since version 2.</summary>
    List<long> Pages { get; }
}
