using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Server.Blobs.S3;

/// <summary>Failures of calls of a store that speaks S3's protocol, as those of a blob store.</summary>
internal static class S3Failures
{
    private const HttpStatusCode NoSpace = HttpStatusCode.InsufficientStorage;

    /// <summary>Whether an exception is a failure of the store, or of the way to it.</summary>
    public static bool IsOfStore(Exception e) =>
        e is AmazonClientException or AmazonServiceException or HttpRequestException or IOException;

    /// <summary>Whether there is no such blob. An answer to HEAD has no text, only a status.</summary>
    public static bool IsMissing(Exception e) =>
        e is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" };

    /// <summary>Whether the blob that was opened has been replaced or deleted since.</summary>
    public static bool IsReplaced(Exception e) => IsMissing(e) || e is AmazonS3Exception { StatusCode: HttpStatusCode.PreconditionFailed };

    /// <summary>The exception to throw.</summary>
    /// <param name="what">A key or a folder.</param>
    /// <param name="verb">What was not done with it: read, written, deleted.</param>
    /// <param name="cause">What the client has thrown.</param>
    public static IOException Describe(string what, string verb, Exception cause)
    {
        var message = $"{what} cannot be {verb}{Explain(cause)}.";
        return cause is AmazonServiceException { StatusCode: NoSpace } ? FullDisk.Create(message, cause) : new IOException(message, cause);
    }

    private static string Explain(Exception cause) => cause switch
    {
        AmazonS3Exception { ErrorCode: "NoSuchBucket" } => ": the bucket does not exist",
        AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } => ": permission denied",
        AmazonServiceException { StatusCode: > 0 } answer => $": the store answered {(int)answer.StatusCode}",
        _ => ": the store does not answer",
    };
}
