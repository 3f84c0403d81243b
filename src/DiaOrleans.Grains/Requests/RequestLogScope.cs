using Orleans.Runtime;

namespace DiaOrleans.Grains.Requests;

/// <summary>
/// A logging scope that adds the id of the request to log lines. The id is passed along with grain calls, to other silos too.
/// </summary>
/// <param name="Id">Id of the request, the same as in X-Request-ID.</param>
public sealed record RequestLogScope(string Id)
{
    private const string Key = "request-id";

    /// <summary>The scope of the current call, or null.</summary>
    public static RequestLogScope? Current => RequestContext.Get(Key) is string id ? new RequestLogScope(id) : null;

    /// <summary>Makes this the scope of the current call and of grain calls made from it.</summary>
    public void SetCurrent() => RequestContext.Set(Key, Id);

    /// <inheritdoc/>
    public override string ToString() => $"request {Id}";
}
