using Orleans.Runtime;

namespace DiaOrleans.Grains.Requests;

/// <summary>Names the request that a line of the log belongs to; a scope of logging. It travels with the calls of grains, to other silos too.</summary>
public sealed record RequestScope(string Id)
{
    private const string Key = "request-id";

    /// <summary>The request that the current call belongs to, or null.</summary>
    public static RequestScope? Current => RequestContext.Get(Key) is string id ? new RequestScope(id) : null;

    /// <summary>From here on, calls of grains belong to this request.</summary>
    public void Enter() => RequestContext.Set(Key, Id);

    /// <inheritdoc/>
    public override string ToString() => $"request {Id}";
}
