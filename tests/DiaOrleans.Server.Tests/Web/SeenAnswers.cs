using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace DiaOrleans.Server.Tests.Web;

/// <summary>Records the answers in the server: a browser hides from tests the answers that it does not let the page read.</summary>
internal sealed class SeenAnswers : IStartupFilter
{
    private readonly ConcurrentQueue<(string Method, int Status)> _answers = [];

    /// <summary>The methods of the requests with their statuses, in order.</summary>
    public IReadOnlyList<(string Method, int Status)> All => [.. _answers];

    public void Forget() => _answers.Clear();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, following) =>
        {
            await following(context);
            _answers.Enqueue((context.Request.Method, context.Response.StatusCode));
        });
        next(app);
    };
}
