using Orleans.Runtime;

namespace DiaOrleans.Grains.Requests;

/// <summary>The request of a client that the current call belongs to. It is passed along with grain calls, to other silos too.</summary>
public static class CurrentRequest
{
    private const string Key = "request-id";

    /// <summary>Its id, the same as in X-Request-ID; null if there is none.</summary>
    public static string? Id => RequestContext.Get(Key) as string;

    /// <summary>Makes a request that of the current call and of grain calls made from it.</summary>
    public static void Set(string id) => RequestContext.Set(Key, id);
}
