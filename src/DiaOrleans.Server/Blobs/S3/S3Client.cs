using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace DiaOrleans.Server.Blobs.S3;

/// <summary>Makes the client of a store that speaks S3's protocol.</summary>
internal static class S3Client
{
    /// <summary>Attempts after the first, if the store is busy or does not answer.</summary>
    private const int Retries = 3;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Makes a client that connects to the store alone: the key and the region are given, so that nothing asks a metadata service for them.
    /// </summary>
    /// <param name="endpoint">Address of the store; null or empty takes Amazon's in the region.</param>
    /// <param name="region">Name of the region.</param>
    /// <param name="key">The key.</param>
    public static AmazonS3Client Create(string? endpoint, string region, AWSCredentials key)
    {
        var config = new AmazonS3Config
        {
            MaxErrorRetry = Retries,
            RetryMode = RequestRetryMode.Standard,
            ConnectTimeout = ConnectLimit,
            // Each call has a limit of its own, which is longer for a large blob.
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            // Every request is signed with the digest of its content. Other stores than Amazon's do not know the further checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            IgnoreConfiguredEndpointUrls = true,
        };
        if (string.IsNullOrEmpty(endpoint))
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        else
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = region;
            config.ForcePathStyle = true;
        }

        return new AmazonS3Client(key, config);
    }
}
