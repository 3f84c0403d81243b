namespace DiaOrleans.Server.Tests.Web;

/// <summary>A server that only the tests in the browser use.</summary>
public sealed class PageServer : IAsyncLifetime
{
    private RunningServer? _server;

    internal RunningServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.Start();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

[CollectionDefinition(nameof(PageCollection))]
public sealed class PageCollection : ICollectionFixture<PageBrowser>, ICollectionFixture<PageServer>;
