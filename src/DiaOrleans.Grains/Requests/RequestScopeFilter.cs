using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Requests;

/// <summary>What a grain logs names the request that called it.</summary>
internal sealed class RequestScopeFilter(ILogger<RequestScopeFilter> logger) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        using var scope = RequestScope.Current is { } request ? logger.BeginScope(request) : null;
        await context.Invoke();
    }
}
