using Amazon.Runtime;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Server.Blobs.Database;
using DiaOrleans.Server.Blobs.S3;
using DiaOrleans.Server.Settings;
using Npgsql;

namespace DiaOrleans.Server.Blobs;

/// <summary>Opens the store that the settings name.</summary>
internal static class BlobPlaces
{
    // The names are those of Amazon's libraries and programs.
    private const string KeyVariable = "AWS_ACCESS_KEY_ID";
    private const string SecretVariable = "AWS_SECRET_ACCESS_KEY";
    private const string TokenVariable = "AWS_SESSION_TOKEN";

    /// <summary>Opens the store; nothing is read or written yet.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">Absolute path of the data folder.</param>
    /// <param name="database">The database of the cluster; null if there is none.</param>
    /// <param name="getVariable">The value of an environment variable by its name; null or empty if it is not set.</param>
    /// <param name="time">Clock of limits.</param>
    /// <exception cref="SettingsException">A setting that the store needs is missing, or one is set that has no effect.</exception>
    public static IBlobStore Open(
        BlobOptions options,
        string data,
        NpgsqlDataSource? database,
        Func<string, string?> getVariable,
        TimeProvider time)
    {
        RefuseUnused(options);
        return options.Place switch
        {
            BlobPlace.S3 => OpenS3(options, getVariable, time),
            BlobPlace.Database => OpenDatabase(database, time),
            _ => new FolderBlobStore(options.FolderIn(data)),
        };
    }

    private static DatabaseBlobStore OpenDatabase(NpgsqlDataSource? database, TimeProvider time)
    {
        if (database is not null) return new DatabaseBlobStore(database, time);
        throw Refusal(
            nameof(BlobOptions.Blobs),
            "Blobs is database, which is that of a cluster: set Database (DIA_DATABASE or DIA_DATABASE_FILE) and a role other than dev.");
    }

    private static S3BlobStore OpenS3(BlobOptions options, Func<string, string?> getVariable, TimeProvider time)
    {
        if (string.IsNullOrEmpty(options.S3Bucket))
            throw Refusal(nameof(BlobOptions.S3Bucket), "Blobs is s3, which needs S3Bucket (DIA_S3_BUCKET), the name of a bucket.");
        if (options.Region is not { } region)
        {
            throw Refusal(
                nameof(BlobOptions.S3Region),
                "Blobs is s3 at Amazon, which needs S3Region (DIA_S3_REGION). For a store of your own, set S3Endpoint (DIA_S3_ENDPOINT).");
        }

        return new S3BlobStore(S3Client.Create(options.S3Endpoint, region, FindKey(getVariable)), options.S3Bucket, time);
    }

    private static AWSCredentials FindKey(Func<string, string?> getVariable)
    {
        if (getVariable(KeyVariable) is not { Length: > 0 } key || getVariable(SecretVariable) is not { Length: > 0 } secret)
        {
            throw Refusal(
                nameof(BlobOptions.Blobs),
                $"Blobs is s3, which needs the variables {KeyVariable} and {SecretVariable} with a key of the store.");
        }

        return getVariable(TokenVariable) is { Length: > 0 } token
            ? new SessionAWSCredentials(key, secret, token)
            : new BasicAWSCredentials(key, secret);
    }

    /// <summary>A setting without an effect is a mistake: blobs would go where nobody looks for them.</summary>
    private static void RefuseUnused(BlobOptions options)
    {
        if (options.Place != BlobPlace.Folder && options.BlobFolder is not null) Refuse(nameof(BlobOptions.BlobFolder), "folder");
        if (options.Place == BlobPlace.S3) return;
        if (!string.IsNullOrEmpty(options.S3Bucket)) Refuse(nameof(BlobOptions.S3Bucket), "s3");
        if (!string.IsNullOrEmpty(options.S3Endpoint)) Refuse(nameof(BlobOptions.S3Endpoint), "s3");
        if (!string.IsNullOrEmpty(options.S3Region)) Refuse(nameof(BlobOptions.S3Region), "s3");

        void Refuse(string setting, string place) =>
            throw Refusal(setting, $"{setting} is set, which is for Blobs={place}, but Blobs is {options.Blobs}. Change one of them.");
    }

    private static SettingsException Refusal(string setting, string message) => new(message) { Setting = setting };
}
