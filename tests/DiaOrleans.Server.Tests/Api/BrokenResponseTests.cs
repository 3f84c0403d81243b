using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Api;

public sealed class BrokenResponseTests
{
    [Fact]
    public async Task A_response_that_breaks_in_any_way_frees_its_slot()
    {
        await using var server = await RunningServer.Start(services: services => services.AddSingleton<IStartupFilter, BrokenBodies>());
        (await server.Client.PostAsJsonAsync("/voice_mappings", new { voice_id = "v" })).EnsureSuccessStatusCode();
        var text = string.Concat(Enumerable.Repeat("Where is my hat? You are wearing it, as you do every day. ", 60));
        await Should.ThrowAsync<HttpRequestException>(
            () => server.Client.PostAsJsonAsync("/v1/audio/speech", new { input = text, voice = "v", stream = true }));
        // A released slot stays free; that of a running request is free only between two segments.
        var limit = DateTime.UtcNow.AddSeconds(8);
        for (var free = 0; free < 100; free = await Active(server) == 0 ? free + 1 : 0)
            DateTime.UtcNow.ShouldBeLessThan(limit, "the slot is still taken");
    }

    private static async Task<int> Active(RunningServer server) =>
        (await server.Client.GetFromJsonAsync<JsonElement>("/queue/stats")).GetProperty("active_workers").GetInt32();

    private sealed class BrokenBodies : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                if (context.Request.Path.StartsWithSegments("/v1/audio/speech"))
                    context.Response.Body = new BrokenStream(context.Response.Body);
                return rest(context);
            });
            next(app);
        };
    }

    private sealed class BrokenStream(Stream inner) : MemoryStream
    {
        private bool _begun;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_begun) throw new InvalidOperationException("Broken.");
            _begun = true;
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    }
}
