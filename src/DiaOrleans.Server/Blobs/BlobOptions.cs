using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Blobs;

/// <summary>Where recordings, results of jobs, saved outputs and previews are stored.</summary>
internal sealed record BlobOptions
{
    /// <summary>Region of a store of one's own, which seldom has several.</summary>
    private const string DefaultRegion = "us-east-1";

    /// <summary>folder, the default; database: the database of the cluster; or s3.</summary>
    [OneOf("folder", "database", "s3")]
    public string Blobs
    {
        get;
        init => field = value.ToLowerInvariant();
    }
    = "folder";

    /// <summary>Folder of the blobs, which may be shared by machines; null, the default, takes the data folder.</summary>
    [FolderPath]
    public string? BlobFolder { get; init; }

    /// <summary>The http or https address of a store that speaks S3's protocol; null, the default, takes Amazon's in the region.</summary>
    [HttpUrl]
    public string? S3Endpoint { get; init; }

    /// <summary>Name of the bucket, which must exist.</summary>
    public string? S3Bucket { get; init; }

    /// <summary>Region of the bucket. Null, the default, is us-east-1 for an endpoint of one's own; Amazon's needs one.</summary>
    public string? S3Region { get; init; }

    /// <summary><see cref="Blobs"/> as a value.</summary>
    public BlobPlace Place => Enum.Parse<BlobPlace>(Blobs, ignoreCase: true);

    /// <summary>The region, found if it is not set; null if it must be set.</summary>
    public string? Region => !string.IsNullOrEmpty(S3Region) ? S3Region : string.IsNullOrEmpty(S3Endpoint) ? null : DefaultRegion;

    /// <summary>Absolute path of the folder of the blobs.</summary>
    /// <param name="data">Absolute path of the data folder.</param>
    public string FolderIn(string data) => BlobFolder is { } folder ? Path.GetFullPath(folder) : data;

    /// <summary>Names the store, for messages.</summary>
    public string Describe() => Place switch
    {
        BlobPlace.S3 => $"bucket {S3Bucket} at {(string.IsNullOrEmpty(S3Endpoint) ? "Amazon" : S3Endpoint)}",
        BlobPlace.Database => "the database",
        _ => BlobFolder is { } folder ? $"BlobFolder {folder}" : "the data folder, since BlobFolder is not set",
    };
}

/// <summary>A kind of store for blobs.</summary>
internal enum BlobPlace
{
    /// <summary>Files of a folder.</summary>
    Folder,

    /// <summary>Rows of the database of the cluster.</summary>
    Database,

    /// <summary>Objects of a store that speaks S3's protocol.</summary>
    S3,
}
