using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Requests;

/// <summary>Adds the request of the caller to what a grain logs during a call.</summary>
internal sealed class RequestLogScopeFilter(ILogger<RequestLogScopeFilter> logger) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        using var scope = RequestLogScope.Current is { } request ? logger.BeginScope(request) : null;
        await context.Invoke();
    }
}
